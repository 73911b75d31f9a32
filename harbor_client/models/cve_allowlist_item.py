"""An entry of a CVE allowlist."""

from harbor_client.models._schema.model import Model, field


class CVEAllowlistItem(Model):
    """A vulnerability in a CVE allowlist."""

    cve_id: str | None = field()
    """The vulnerability, such as `CVE-2019-10164`."""
