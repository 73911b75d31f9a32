"""A result of ``search_users``."""

from harbor_client.models._schema.model import Model, field


class UserSearchRespItem(Model):
    """A user, as returned by ``search_users``."""

    user_id: int | None = field()
    """The ID of the user."""
    username: str | None = field()
    """The login name."""
