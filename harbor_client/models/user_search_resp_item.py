"""A result of ``search_users``."""

from harbor_client.models._schema.model import Model, field, model


@model
class UserSearchRespItem(Model):
    """A user, as returned by ``search_users``.

    Attributes:
        user_id: the ID of the user.
        username: the login name.
    """

    user_id: int | None = field()
    username: str | None = field()
