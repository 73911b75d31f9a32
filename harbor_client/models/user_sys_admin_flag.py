"""The body of ``set_user_sys_admin``."""

from harbor_client.models._schema.model import Model, field


class UserSysAdminFlag(Model):
    """Whether a user is a system administrator."""

    sysadmin_flag: bool | None = field()
    """`True` makes the user an administrator; `False`, or nothing, makes the user an ordinary one."""
