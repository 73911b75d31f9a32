"""The result of ``get_project_summary``."""

from harbor_client.models._schema.model import Model, field, model
from harbor_client.models.project_summary_quota import ProjectSummaryQuota
from harbor_client.models.registry import Registry


@model
class ProjectSummary(Model):
    """What is in a project. Harbor leaves out counts that are 0.

    Attributes:
        repo_count: the number of repositories.
        project_admin_count: the number of project administrators.
        maintainer_count: the number of maintainers.
        developer_count: the number of developers.
        guest_count: the number of guests.
        limited_guest_count: the number of limited guests.
        quota: the quota, for callers who may see it.
        registry: the registry that a proxy cache project reads from.
    """

    repo_count: int | None = field()
    project_admin_count: int | None = field()
    maintainer_count: int | None = field()
    developer_count: int | None = field()
    guest_count: int | None = field()
    limited_guest_count: int | None = field()
    quota: ProjectSummaryQuota | None = field()
    registry: Registry | None = field()
