"""A user as Harbor returns it."""

from datetime import datetime

from harbor_client.models._schema.model import Model, field, model
from harbor_client.models.oidc_user_info import OIDCUserInfo


@model
class UserResp(Model):
    """A user, as returned by ``get_user``, ``get_current_user_info`` and ``list_users``.

    Harbor leaves out empty fields.

    Attributes:
        email: the email address.
        realname: the full name.
        comment: free text.
        user_id: the ID of the user; 1 is the built-in administrator.
        username: the login name.
        sysadmin_flag: whether the user was made a system administrator in Harbor itself.
        admin_role_in_auth: whether an LDAP or OIDC group makes the user an administrator.
        oidc_user_meta: the OIDC part of the user, with the CLI secret in plain text. Only OIDC users have it.
        creation_time: when the user was created, in UTC.
        update_time: when the user was last changed, in UTC.
    """

    email: str | None = field()
    realname: str | None = field()
    comment: str | None = field()
    user_id: int | None = field()
    username: str | None = field()
    sysadmin_flag: bool | None = field()
    admin_role_in_auth: bool | None = field()
    oidc_user_meta: OIDCUserInfo | None = field()
    creation_time: datetime | None = field()
    update_time: datetime | None = field()
