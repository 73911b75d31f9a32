"""The settings of a project."""

from harbor_client.models._schema.model import Model, field


class ProjectMetadata(Model):
    """The settings of a project. Harbor has them as text, booleans too: `true` or `false`."""

    public: str | None = field()
    """Whether anyone may see the project and pull from it."""
    enable_content_trust: str | None = field()
    """Whether only images signed with Notation can be pulled."""
    enable_content_trust_cosign: str | None = field()
    """Whether only images signed with Cosign can be pulled."""
    prevent_vul: str | None = field()
    """Whether images with vulnerabilities cannot be pulled."""
    severity: str | None = field()
    """From which severity on: `none`, `low`, `medium`, `high` or `critical`."""
    auto_scan: str | None = field()
    """Whether images are scanned for vulnerabilities when they are pushed."""
    auto_sbom_generation: str | None = field()
    """Whether an SBOM is generated when an image is pushed."""
    reuse_sys_cve_allowlist: str | None = field()
    """Whether the system's CVE allowlist is used instead of the project's."""
    retention_id: str | None = field()
    """The ID of the tag retention policy."""
    proxy_speed_kb: str | None = field()
    """The bandwidth limit of a proxy cache project in KB/s; `-1` for none."""
