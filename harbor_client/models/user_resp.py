"""A user as Harbor answers."""

from __future__ import annotations

from datetime import datetime

from harbor_client.models._schema.model import Model, field, model
from harbor_client.models.oidc_user_info import OIDCUserInfo


@model
class UserResp(Model):
    """A user, as ``get_user``, ``get_current_user_info`` and ``list_users`` answer. Harbor leaves out what is empty."""

    email: str | None = field(doc="mail address")
    realname: str | None = field(doc="full name")
    comment: str | None = field(doc="free text")
    user_id: int | None = field(doc="number of the user; 1 is the built-in administrator")
    username: str | None = field(doc="login name")
    sysadmin_flag: bool | None = field(doc="whether the user was made a system administrator in Harbor itself")
    admin_role_in_auth: bool | None = field(doc="whether the user is an administrator through LDAP or OIDC groups")
    oidc_user_meta: OIDCUserInfo | None = field(
        doc="the OIDC side of the user, with the CLI secret in clear; only OIDC users have it"
    )
    creation_time: datetime | None = field(doc="when the user was created, UTC")
    update_time: datetime | None = field(doc="when the user was last changed, UTC")
