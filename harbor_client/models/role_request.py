"""The body of ``update_project_member``."""

from harbor_client.models._schema.model import Model, field


class RoleRequest(Model):
    """The new role of a member."""

    role_id: int | None = field()
    """The role: 1 project administrator, 2 developer, 3 guest, 4 maintainer, 5 limited guest."""
