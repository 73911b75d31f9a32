"""Amounts by resource."""

from harbor_client.models._schema.model import Model


class ResourceList(Model):
    """Amounts by resource, such as `storage`. Responses have the dictionary that Harbor sent in its place."""
