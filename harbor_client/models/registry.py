"""A registry that a project reads from."""

from datetime import datetime

from harbor_client.models._schema.model import Model, field, model
from harbor_client.models.registry_credential import RegistryCredential


@model
class Registry(Model):
    """A registry outside this Harbor.

    Attributes:
        id: the ID of the registry.
        url: the URL.
        name: the name.
        credential: how Harbor authenticates there.
        type: the kind of registry, such as ``harbor`` or ``docker-hub``.
        insecure: whether certificates are not verified.
        description: free text.
        status: whether it can be reached, such as ``healthy``.
        creation_time: when it was created, in UTC.
        update_time: when it was last changed, in UTC.
    """

    id: int | None = field()
    url: str | None = field()
    name: str | None = field()
    credential: RegistryCredential | None = field()
    type: str | None = field()
    insecure: bool | None = field()
    description: str | None = field()
    status: str | None = field()
    creation_time: datetime | None = field()
    update_time: datetime | None = field()
