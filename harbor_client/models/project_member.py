"""The body of ``create_project_member``."""

from harbor_client.models._schema.model import Model, field
from harbor_client.models.user_entity import UserEntity
from harbor_client.models.user_group import UserGroup


class ProjectMember(Model):
    """A new member of a project: a role, and a user or a group."""

    role_id: int | None = field()
    """The role: 1 project administrator, 2 developer, 3 guest, 4 maintainer, 5 limited guest."""
    member_user: UserEntity | None = field()
    """The user."""
    member_group: UserGroup | None = field()
    """The group."""
