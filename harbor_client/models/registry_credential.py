"""How Harbor authenticates to a registry."""

from harbor_client.models._schema.model import Model, field


class RegistryCredential(Model):
    """A credential for a registry."""

    type: str | None = field()
    """The kind of credential, such as `basic`."""
    access_key: str | None = field()
    """The username."""
    access_secret: str | None = field(secret=True)
    """The password or token."""
