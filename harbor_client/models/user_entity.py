"""A user who becomes a member of a project."""

from harbor_client.models._schema.model import Model, field


class UserEntity(Model):
    """A user, named by ID or username."""

    user_id: int | None = field()
    """The ID of the user; if given, the username is ignored."""
    username: str | None = field()
    """The username, case-sensitive."""
