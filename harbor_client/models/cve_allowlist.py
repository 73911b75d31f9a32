"""The CVE allowlist of a project."""

from datetime import datetime

from harbor_client.models._schema.model import Model, field, model
from harbor_client.models.cve_allowlist_item import CVEAllowlistItem


@model
class CVEAllowlist(Model):
    """Vulnerabilities that do not prevent pulls from a project.

    Attributes:
        id: the ID of the list.
        project_id: the ID of the project.
        expires_at: when the list expires, in seconds since 1970; never if empty.
        items: the vulnerabilities.
        creation_time: when the list was created, in UTC; Harbor always returns the year 1.
        update_time: when the list was last changed, in UTC; Harbor always returns the year 1.
    """

    id: int | None = field()
    project_id: int | None = field()
    expires_at: int | None = field()
    items: list[CVEAllowlistItem] | None = field()
    creation_time: datetime | None = field()
    update_time: datetime | None = field()
