"""The body of ``create_project`` and ``update_project``."""

from harbor_client.models._schema.model import Model, field
from harbor_client.models.cve_allowlist import CVEAllowlist
from harbor_client.models.project_metadata import ProjectMetadata


class ProjectReq(Model):
    """A project to create, or the new settings of one. An update cannot rename a project."""

    project_name: str | None = field(max_length=255)
    """The name: 1 to 255 lowercase letters and digits, with single `.`, `_` or `-` between them."""
    public: bool | None = field()
    """Whether the project is public; `metadata.public` takes precedence."""
    metadata: ProjectMetadata | None = field()
    """The settings."""
    cve_allowlist: CVEAllowlist | None = field()
    """The CVE allowlist; ignored when a project is created."""
    storage_limit: int | None = field()
    """The quota in bytes, -1 for none; only counts when an administrator creates a project."""
    registry_id: int | None = field()
    """The ID of the registry that a proxy cache project reads from."""
