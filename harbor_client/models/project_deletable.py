"""The result of ``get_project_deletable``."""

from harbor_client.models._schema.model import Model, field


class ProjectDeletable(Model):
    """Whether a project can be deleted."""

    deletable: bool | None = field()
    """`True` if it can be deleted; otherwise Harbor leaves this out."""
    message: str | None = field()
    """Why it cannot be deleted."""
