"""What a user may do."""

from harbor_client.models._schema.model import Model, field, model


@model
class Permission(Model):
    """An action that the caller may perform, as returned by ``get_current_user_permissions``.

    Attributes:
        resource: what the action applies to, such as ``/project/1/repository``.
        action: the action, such as ``pull``.
    """

    resource: str | None = field()
    action: str | None = field()
