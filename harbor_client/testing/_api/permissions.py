"""Which permissions exist, and who holds them, as Harbor's role tables say (as of 2.16)."""

import re

from .._go.text import parse_int64
from .._versions import Version

#: (resource, action)
Permission = tuple[str, str]


#: What can be done in the scope /system: all of it by system administrators, none of it by others.
_SYSTEM_TABLE = """
    create read update delete list: distribution garbage-collection project registry replication scan-all user
    create read update delete list: user-group
    create list: ldap-user
    read: catalog system-volumes
    read update: configuration
    read list: jobservice-monitor security-hub
    list: audit-log
    stop: jobservice-monitor scan-all
"""
SYSTEM: tuple[Permission, ...] = tuple(
    (resource, action)
    for line in _SYSTEM_TABLE.strip().split("\n")
    for resource in line.split(":")[1].split()
    for action in line.split(":")[0].split()
)

#: The roles in a project by the letter that they have in the table below.
_LETTERS = {"projectAdmin": "A", "maintainer": "M", "developer": "D", "guest": "G", "limitedGuest": "L"}
#: For each resource of a project (``.`` is the project itself), who may do what; V is any visitor of a public project.
_TABLE = """
    .: AMDGLV read, A update delete
    accessory: AMDGLV list
    artifact: AMD create, AMDGLV read list, AM delete
    artifact-addition: AMDGLV read
    artifact-label: AMD create delete
    configuration: AMDGL read, A update
    export-cve: AMD create read list
    immutable-tag: AM create update delete list
    label: AM create update delete, AMDGV read list
    log: A list
    member: A create update delete, AMDG read list
    metadata: A create update delete, AM read
    notification-policy: A create update delete, AM list read
    preheat-policy: A create read update delete list
    quota: AMDGL read
    repository: AMD create update push, AMDGL read, AM delete, AMDGLV list pull
    robot: A create update delete, AMDG read list
    sbom: AM create stop, AMDGL read
    scan: AM create stop, AMDGLV read
    scanner: AMDGLV read, A create
    tag: AMDGLV list, AMD create, AM delete
    tag-retention: AMD create read update delete list operate
"""
_HOLDERS: dict[Permission, str] = {
    (line.split(":")[0].strip(), action): grant.split()[0]
    for line in _TABLE.strip().split("\n")
    for grant in line.split(":")[1].split(",")
    for action in grant.split()[1:]
}

#: What the members of a project may do, by role. A system administrator may do all that a projectAdmin may.
ROLES = {
    role: frozenset(permission for permission, holders in _HOLDERS.items() if letter in holders)
    for role, letter in _LETTERS.items()
}
#: Every permission in a project.
IN_PROJECT = tuple(_HOLDERS)
#: What everybody may do in a public project.
PUBLIC = frozenset(permission for permission, holders in _HOLDERS.items() if "V" in holders)


def role_permissions(role: str, version: Version) -> frozenset[Permission]:
    """What a member of a project may do in this role."""
    permissions = ROLES[role]
    if role != "limitedGuest" and not version.logs_are_for_project_admins:
        permissions |= {("log", "list")}
    if role == "maintainer" and not version.maintainers_read_webhooks:
        permissions -= {("notification-policy", "read")}
    return permissions


_PROJECT_SCOPE = re.compile(r"/project/([^/]*)/?")


def project_of_scope(scope: str) -> int | None:
    """The project id that a scope such as ``/project/1`` names, or None."""
    match = _PROJECT_SCOPE.match(scope)
    return None if match is None else parse_int64(match[1])
