"""A group of users."""

from harbor_client.models._schema.model import Model, field, model


@model
class UserGroup(Model):
    """A group of users.

    Attributes:
        id: the ID of the group.
        group_name: the name of the group.
        group_type: 1 for LDAP, 2 for HTTP authentication, 3 for OIDC.
        ldap_group_dn: the DN of the group in LDAP.
    """

    id: int | None = field()
    group_name: str | None = field()
    group_type: int | None = field()
    ldap_group_dn: str | None = field()
