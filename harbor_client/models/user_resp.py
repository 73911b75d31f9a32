"""A user as Harbor returns it."""

from datetime import datetime

from harbor_client.models._schema.model import Model, field
from harbor_client.models.oidc_user_info import OIDCUserInfo


class UserResp(Model):
    """A user, as returned by ``get_user``, ``get_current_user_info`` and ``list_users``.

    Harbor leaves out empty fields.
    """

    email: str | None = field()
    """The email address."""
    realname: str | None = field()
    """The full name."""
    comment: str | None = field()
    """Free text."""
    user_id: int | None = field()
    """The ID of the user; 1 is the built-in administrator."""
    username: str | None = field()
    """The login name."""
    sysadmin_flag: bool | None = field()
    """Whether the user was made a system administrator in Harbor itself."""
    admin_role_in_auth: bool | None = field()
    """Whether an LDAP or OIDC group makes the user an administrator."""
    oidc_user_meta: OIDCUserInfo | None = field()
    """The OIDC part of the user, with the CLI secret in plain text. Only OIDC users have it."""
    creation_time: datetime | None = field()
    """When the user was created, in UTC."""
    update_time: datetime | None = field()
    """When the user was last changed, in UTC."""
