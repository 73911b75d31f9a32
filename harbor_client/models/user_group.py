"""A group of users."""

from harbor_client.models._schema.model import Model, field


class UserGroup(Model):
    """A group of users."""

    id: int | None = field()
    """The ID of the group."""
    group_name: str | None = field()
    """The name of the group."""
    group_type: int | None = field()
    """1 for LDAP, 2 for HTTP authentication, 3 for OIDC."""
    ldap_group_dn: str | None = field()
    """The DN of the group in LDAP."""
