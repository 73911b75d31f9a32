"""One of Harbor's errors."""

from harbor_client.models._schema.model import Model, field


class Error(Model):
    """One error in the body of an error response."""

    code: str | None = field()
    """The kind of error, such as `NOT_FOUND`."""
    message: str | None = field()
    """What happened, such as `user 3 not found`."""
