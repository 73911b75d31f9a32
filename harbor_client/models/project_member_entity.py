"""A member of a project as Harbor returns it."""

from harbor_client.models._schema.model import Model, field, model


@model
class ProjectMemberEntity(Model):
    """A member of a project, as returned by ``get_project_member`` and ``list_project_members``.

    Attributes:
        id: the ID of the membership, unique across projects.
        project_id: the ID of the project.
        entity_name: the username, or the name of the group.
        role_name: the role, such as ``developer``.
        role_id: the role: 1 project administrator, 2 developer, 3 guest, 4 maintainer, 5 limited guest.
        entity_id: the ID of the user or group.
        entity_type: ``u`` for a user, ``g`` for a group.
    """

    id: int | None = field()
    project_id: int | None = field()
    entity_name: str | None = field()
    role_name: str | None = field()
    role_id: int | None = field()
    entity_id: int | None = field()
    entity_type: str | None = field()
