"""How Harbor authenticates to a registry."""

from harbor_client.models._schema.model import Model, field, model


@model
class RegistryCredential(Model):
    """A credential for a registry.

    Attributes:
        type: the kind of credential, such as ``basic``.
        access_key: the username.
        access_secret: the password or token.
    """

    type: str | None = field()
    access_key: str | None = field()
    access_secret: str | None = field(secret=True)
