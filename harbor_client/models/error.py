"""One of Harbor's errors."""

from harbor_client.models._schema.model import Model, field, model


@model
class Error(Model):
    """One error in the body of an error response.

    Attributes:
        code: the kind of error, such as ``NOT_FOUND``.
        message: what happened, such as ``user 3 not found``.
    """

    code: str | None = field()
    message: str | None = field()
