"""The result of ``get_project_summary``."""

from harbor_client.models._schema.model import Model, field
from harbor_client.models.project_summary_quota import ProjectSummaryQuota
from harbor_client.models.registry import Registry


class ProjectSummary(Model):
    """What is in a project. Harbor leaves out counts that are 0."""

    repo_count: int | None = field()
    """The number of repositories."""
    project_admin_count: int | None = field()
    """The number of project administrators."""
    maintainer_count: int | None = field()
    """The number of maintainers."""
    developer_count: int | None = field()
    """The number of developers."""
    guest_count: int | None = field()
    """The number of guests."""
    limited_guest_count: int | None = field()
    """The number of limited guests."""
    quota: ProjectSummaryQuota | None = field()
    """The quota, for callers who may see it."""
    registry: Registry | None = field()
    """The registry that a proxy cache project reads from."""
