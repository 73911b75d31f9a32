"""The settings of a project."""

from harbor_client.models._schema.model import Model, field, model


@model
class ProjectMetadata(Model):
    """The settings of a project. Harbor has them as text, booleans too: `true` or `false`.

    Attributes:
        public: whether anyone may see the project and pull from it.
        enable_content_trust: whether only images signed with Notation can be pulled.
        enable_content_trust_cosign: whether only images signed with Cosign can be pulled.
        prevent_vul: whether images with vulnerabilities cannot be pulled.
        severity: from which severity on: ``none``, ``low``, ``medium``, ``high`` or ``critical``.
        auto_scan: whether images are scanned for vulnerabilities when they are pushed.
        auto_sbom_generation: whether an SBOM is generated when an image is pushed.
        reuse_sys_cve_allowlist: whether the system's CVE allowlist is used instead of the project's.
        retention_id: the ID of the tag retention policy.
        proxy_speed_kb: the bandwidth limit of a proxy cache project in KB/s; ``-1`` for none.
    """

    public: str | None = field()
    enable_content_trust: str | None = field()
    enable_content_trust_cosign: str | None = field()
    prevent_vul: str | None = field()
    severity: str | None = field()
    auto_scan: str | None = field()
    auto_sbom_generation: str | None = field()
    reuse_sys_cve_allowlist: str | None = field()
    retention_id: str | None = field()
    proxy_speed_kb: str | None = field()
