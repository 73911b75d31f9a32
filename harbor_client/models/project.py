"""A project as Harbor returns it."""

from datetime import datetime

from harbor_client.models._schema.model import Model, field
from harbor_client.models.cve_allowlist import CVEAllowlist
from harbor_client.models.project_metadata import ProjectMetadata


class Project(Model):
    """A project, as returned by ``get_project`` and ``list_projects``."""

    project_id: int | None = field()
    """The ID of the project."""
    owner_id: int | None = field()
    """The ID of the user who owns the project."""
    name: str | None = field()
    """The name of the project."""
    registry_id: int | None = field()
    """The ID of the registry that a proxy cache project reads from."""
    creation_time: datetime | None = field()
    """When the project was created, in UTC."""
    update_time: datetime | None = field()
    """Like `creation_time`: Harbor does not change it."""
    deleted: bool | None = field()
    """Whether the project is deleted."""
    owner_name: str | None = field()
    """The username of the owner; missing once that user is deleted."""
    togglable: bool | None = field()
    """No longer used."""
    current_user_role_id: int | None = field()
    """The highest role of the caller in the project: see `role_id` of a member."""
    current_user_role_ids: list[int] | None = field()
    """All roles of the caller in the project, or `None`."""
    repo_count: int | None = field()
    """The number of repositories."""
    metadata: ProjectMetadata | None = field()
    """The settings of the project."""
    cve_allowlist: CVEAllowlist | None = field()
    """The CVE allowlist of the project."""
