"""The body of ``create_user``."""

from harbor_client.models._schema.model import Model, field, model


@model
class UserCreationReq(Model):
    """A user to create.

    Attributes:
        email: the email address; unique and case-sensitive.
        realname: the full name: 1 to 255 bytes, without ``,`` ``"`` ``~`` ``#`` ``%`` ``$``.
        comment: free text, at most 30 bytes.
        password: the password: 8 to 128 bytes, with an uppercase letter, a lowercase letter and a digit.
        username: the login name; unique and case-sensitive, without ``,`` ``"`` ``~`` ``#`` ``%`` ``$``.
    """

    email: str | None = field(max_length=255)
    realname: str | None = field()
    comment: str | None = field()
    password: str | None = field(secret=True)
    username: str | None = field(max_length=255)
