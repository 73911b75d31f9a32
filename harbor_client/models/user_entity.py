"""A user who becomes a member of a project."""

from harbor_client.models._schema.model import Model, field, model


@model
class UserEntity(Model):
    """A user, named by ID or username.

    Attributes:
        user_id: the ID of the user; if given, the username is ignored.
        username: the username, case-sensitive.
    """

    user_id: int | None = field()
    username: str | None = field()
