"""The body of ``set_cli_secret``."""

from harbor_client.models._schema.model import Model, field


class OIDCCliSecretReq(Model):
    """A new CLI secret for an OIDC user."""

    secret: str | None = field(secret=True)
    """The new secret, which must meet the rules for passwords. If it is empty, Harbor generates a random one."""
