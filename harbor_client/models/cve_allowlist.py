"""The CVE allowlist of a project."""

from datetime import datetime

from harbor_client.models._schema.model import Model, field
from harbor_client.models.cve_allowlist_item import CVEAllowlistItem


class CVEAllowlist(Model):
    """Vulnerabilities that do not prevent pulls from a project."""

    id: int | None = field()
    """The ID of the list."""
    project_id: int | None = field()
    """The ID of the project."""
    expires_at: int | None = field()
    """When the list expires, in seconds since 1970; never if empty."""
    items: list[CVEAllowlistItem] | None = field()
    """The vulnerabilities."""
    creation_time: datetime | None = field()
    """When the list was created, in UTC; Harbor always returns the year 1."""
    update_time: datetime | None = field()
    """When the list was last changed, in UTC; Harbor always returns the year 1."""
