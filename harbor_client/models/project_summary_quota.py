"""The quota of a project."""

from harbor_client.models._schema.model import Model, field
from harbor_client.models.resource_list import ResourceList


class ProjectSummaryQuota(Model):
    """What a project may use, and what it uses."""

    hard: ResourceList | None = field()
    """The limits by resource; -1 for none."""
    used: ResourceList | None = field()
    """The usage by resource."""
