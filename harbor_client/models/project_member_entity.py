"""A member of a project as Harbor returns it."""

from harbor_client.models._schema.model import Model, field


class ProjectMemberEntity(Model):
    """A member of a project, as returned by ``get_project_member`` and ``list_project_members``."""

    id: int | None = field()
    """The ID of the membership, unique across projects."""
    project_id: int | None = field()
    """The ID of the project."""
    entity_name: str | None = field()
    """The username, or the name of the group."""
    role_name: str | None = field()
    """The role, such as `developer`."""
    role_id: int | None = field()
    """The role: 1 project administrator, 2 developer, 3 guest, 4 maintainer, 5 limited guest."""
    entity_id: int | None = field()
    """The ID of the user or group."""
    entity_type: str | None = field()
    """`u` for a user, `g` for a group."""
