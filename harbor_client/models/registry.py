"""A registry that a project reads from."""

from datetime import datetime

from harbor_client.models._schema.model import Model, field
from harbor_client.models.registry_credential import RegistryCredential


class Registry(Model):
    """A registry outside this Harbor."""

    id: int | None = field()
    """The ID of the registry."""
    url: str | None = field()
    """The URL."""
    name: str | None = field()
    """The name."""
    credential: RegistryCredential | None = field()
    """How Harbor authenticates there."""
    type: str | None = field()
    """The kind of registry, such as `harbor` or `docker-hub`."""
    insecure: bool | None = field()
    """Whether certificates are not verified."""
    description: str | None = field()
    """Free text."""
    status: str | None = field()
    """Whether it can be reached, such as `healthy`."""
    creation_time: datetime | None = field()
    """When it was created, in UTC."""
    update_time: datetime | None = field()
    """When it was last changed, in UTC."""
