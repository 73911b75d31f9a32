"""What a user may do."""

from harbor_client.models._schema.model import Model, field


class Permission(Model):
    """An action that the caller may perform, as returned by ``get_current_user_permissions``."""

    resource: str | None = field()
    """What the action applies to, such as `/project/1/repository`."""
    action: str | None = field()
    """The action, such as `pull`."""
