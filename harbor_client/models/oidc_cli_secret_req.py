"""The body of ``set_cli_secret``."""

from __future__ import annotations

from harbor_client.models._schema.model import Model, field, model


@model
class OIDCCliSecretReq(Model):
    """A new CLI secret of an OIDC user."""

    secret: str | None = field(
        secret=True, doc="the new secret, by the rules of passwords; an empty one makes Harbor draw one"
    )
