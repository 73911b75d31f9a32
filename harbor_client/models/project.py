"""A project as Harbor returns it."""

from datetime import datetime

from harbor_client.models._schema.model import Model, field, model
from harbor_client.models.cve_allowlist import CVEAllowlist
from harbor_client.models.project_metadata import ProjectMetadata


@model
class Project(Model):
    """A project, as returned by ``get_project`` and ``list_projects``.

    Attributes:
        project_id: the ID of the project.
        owner_id: the ID of the user who owns the project.
        name: the name of the project.
        registry_id: the ID of the registry that a proxy cache project reads from.
        creation_time: when the project was created, in UTC.
        update_time: like ``creation_time``: Harbor does not change it.
        deleted: whether the project is deleted.
        owner_name: the username of the owner; missing once that user is deleted.
        togglable: no longer used.
        current_user_role_id: the highest role of the caller in the project: see ``role_id`` of a member.
        current_user_role_ids: all roles of the caller in the project, or ``None``.
        repo_count: the number of repositories.
        metadata: the settings of the project.
        cve_allowlist: the CVE allowlist of the project.
    """

    project_id: int | None = field()
    owner_id: int | None = field()
    name: str | None = field()
    registry_id: int | None = field()
    creation_time: datetime | None = field()
    update_time: datetime | None = field()
    deleted: bool | None = field()
    owner_name: str | None = field()
    togglable: bool | None = field()
    current_user_role_id: int | None = field()
    current_user_role_ids: list[int] | None = field()
    repo_count: int | None = field()
    metadata: ProjectMetadata | None = field()
    cve_allowlist: CVEAllowlist | None = field()
