"""Which permissions there are, and who holds them, as Harbor's role tables say.

A table lists `resource: actions`, as of 2.16; `role_permissions` knows what an older version has otherwise.
"""

from __future__ import annotations

import re

from ._gotext import parse_int64
from ._versions import Version

__all__ = ["PUBLIC", "ROLES", "SYSTEM", "Permission", "project_of_scope", "role_permissions"]

#: (resource, action)
Permission = tuple[str, str]


def _table(text: str) -> tuple[Permission, ...]:
    rows = (line.split(":") for line in text.split("\n") if line.strip())
    return tuple((resource.strip(), action) for resource, actions in rows for action in actions.split())


#: What can be done in the scope /system: all of it by system administrators, none of it by others.
SYSTEM = _table("""
    audit-log: list
    catalog: read
    configuration: read update
    distribution: create read update delete list
    garbage-collection: create read update delete list
    jobservice-monitor: read list stop
    ldap-user: create list
    project: create read update delete list
    registry: create read update delete list
    replication: create read update delete list
    scan-all: create read update delete list stop
    security-hub: read list
    system-volumes: read
    user: create read update delete list
    user-group: create read update delete list
""")

#: What the members of a project may do, by role; ``.`` is the project itself. A system administrator may do all that a
#: projectAdmin may.
ROLES: dict[str, tuple[Permission, ...]] = {
    "projectAdmin": _table("""
        .: read update delete
        accessory: list
        artifact: create read delete list
        artifact-addition: read
        artifact-label: create delete
        configuration: read update
        export-cve: create read list
        immutable-tag: create update delete list
        label: create read update delete list
        log: list
        member: create read update delete list
        metadata: create read update delete
        notification-policy: create update delete list read
        preheat-policy: create read update delete list
        quota: read
        repository: create read update delete list pull push
        robot: create read update delete list
        sbom: create stop read
        scan: create read stop
        scanner: read create
        tag: list create delete
        tag-retention: create read update delete list operate
    """),
    "maintainer": _table("""
        .: read
        accessory: list
        artifact: create read delete list
        artifact-addition: read
        artifact-label: create delete
        configuration: read
        export-cve: create read list
        immutable-tag: create update delete list
        label: create read update delete list
        member: read list
        metadata: read
        notification-policy: read list
        quota: read
        repository: create read update delete list push pull
        robot: read list
        sbom: create stop read
        scan: create read stop
        scanner: read
        tag: list create delete
        tag-retention: create read update delete list operate
    """),
    "developer": _table("""
        .: read
        accessory: list
        artifact: create read list
        artifact-addition: read
        artifact-label: create delete
        configuration: read
        export-cve: create read list
        label: read list
        member: read list
        quota: read
        repository: create read update list push pull
        robot: read list
        sbom: read
        scan: read
        scanner: read
        tag: list create
        tag-retention: create read update delete list operate
    """),
    "guest": _table("""
        .: read
        accessory: list
        artifact: read list
        artifact-addition: read
        configuration: read
        label: read list
        member: read list
        quota: read
        repository: read list pull
        robot: read list
        sbom: read
        scan: read
        scanner: read
        tag: list
    """),
    "limitedGuest": _table("""
        .: read
        accessory: list
        artifact: read list
        artifact-addition: read
        configuration: read
        quota: read
        repository: list read pull
        sbom: read
        scan: read
        scanner: read
        tag: list
    """),
}

#: What everybody may do in a public project.
PUBLIC = _table("""
    .: read
    accessory: list
    artifact: read list
    artifact-addition: read
    label: read list
    repository: list pull
    scan: read
    scanner: read
    tag: list
""")


def role_permissions(role: str, version: Version) -> frozenset[Permission]:
    """What a member of a project may do in this role."""
    permissions = set(ROLES[role])
    if role != "limitedGuest" and not version.logs_are_for_project_admins:
        permissions.add(("log", "list"))
    if role == "maintainer" and not version.maintainers_read_webhooks:
        permissions.discard(("notification-policy", "read"))
    return frozenset(permissions)


_PROJECT_SCOPE = re.compile(r"/project/([^/]*)/?")


def project_of_scope(scope: str) -> int | None:
    """The project id that a scope such as ``/project/1`` names, or None."""
    match = _PROJECT_SCOPE.match(scope)
    return None if match is None else parse_int64(match[1])
