"""The body of ``create_project`` and ``update_project``."""

from harbor_client.models._schema.model import Model, field, model
from harbor_client.models.cve_allowlist import CVEAllowlist
from harbor_client.models.project_metadata import ProjectMetadata


@model
class ProjectReq(Model):
    """A project to create, or the new settings of one. An update cannot rename a project.

    Attributes:
        project_name: the name: 1 to 255 lowercase letters and digits, with single ``.``, ``_`` or ``-`` between them.
        public: whether the project is public; ``metadata.public`` takes precedence.
        metadata: the settings.
        cve_allowlist: the CVE allowlist; ignored when a project is created.
        storage_limit: the quota in bytes, -1 for none; only counts when an administrator creates a project.
        registry_id: the ID of the registry that a proxy cache project reads from.
    """

    project_name: str | None = field(max_length=255)
    public: bool | None = field()
    metadata: ProjectMetadata | None = field()
    cve_allowlist: CVEAllowlist | None = field()
    storage_limit: int | None = field()
    registry_id: int | None = field()
