"""Create the users of a CSV file and give them their roles in projects.

    python onboard_with_roles.py people.csv

The file has the columns username, email, realname, password and roles ("library=developer; team-a=guest"). An existing
user is left unchanged, apart from the roles in the projects that the row names. Nothing is changed if the file is
invalid or names a project that does not exist. Reads HARBOR_URL (https://harbor.example.com/api/v2.0), HARBOR_USERNAME,
HARBOR_PASSWORD and HARBOR_CA_CERT; the exit status is 1 if a row failed.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys

import harbor_client
from harbor_client.rest import ApiException

ROLES = {"project_admin": 1, "developer": 2, "guest": 3, "maintainer": 4, "limited_guest": 5}


def connect() -> harbor_client.ApiClient:
    configuration = harbor_client.Configuration()
    try:
        configuration.host = os.environ["HARBOR_URL"]
        configuration.username = os.environ["HARBOR_USERNAME"]
        configuration.password = os.environ["HARBOR_PASSWORD"]
        configuration.ssl_ca_cert = os.environ.get("HARBOR_CA_CERT") or None
    except KeyError as e:
        raise ValueError(f"{e.args[0]} is not set") from e
    return harbor_client.ApiClient(configuration)


def read(path: str) -> list[tuple[dict[str, str], dict[str, str]]]:
    """Return each row with its roles by project."""
    people: list[tuple[dict[str, str], dict[str, str]]] = []
    with open(path, newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        missing = {"username", "email", "realname", "password", "roles"}.difference(rows.fieldnames or ())
        if missing:
            raise ValueError(f"columns are missing: {', '.join(sorted(missing))}")
        for row in rows:
            roles: dict[str, str] = {}
            for part in filter(str.strip, (row["roles"] or "").split(";")):
                project, _, role = (word.strip() for word in part.partition("="))
                if not project or project in roles or role not in ROLES:
                    raise ValueError(
                        f"line {rows.line_num}: {part.strip()!r} is not a project and one of {list(ROLES)}"
                    )
                roles[project] = role
            people.append((row, roles))
    return people


def create(users: harbor_client.UserApi, row: dict[str, str]) -> tuple[harbor_client.UserEntity, str]:
    """Create the user of one row; return how to refer to the user, and what happened."""
    user_req = harbor_client.UserCreationReq(
        username=row["username"], email=row["email"], realname=row["realname"], password=row["password"]
    )
    try:
        _, _, headers = users.create_user_with_http_info(user_req=user_req)
    except ApiException as e:
        if e.status == 409:
            return harbor_client.UserEntity(username=row["username"]), "exists already"
        raise
    user_id = int(headers["Location"].split("/")[-1])
    return harbor_client.UserEntity(user_id=user_id), f"created, id {user_id}"


def give(
    members: harbor_client.MemberApi, project: str, user: harbor_client.UserEntity, name: str, role_id: int
) -> None:
    """Give a user this role in a project, in place of any other role."""
    member = harbor_client.ProjectMember(role_id=role_id, member_user=user)
    try:
        members.create_project_member(project, project_member=member, x_is_resource_name=True)
    except ApiException as e:
        if e.status != 409:
            raise
        listed = members.list_project_members(project, entityname=name, page_size=100, x_is_resource_name=True)
        known = next((member for member in listed if member.entity_type == "u"), None)
        if known is None or known.id is None:
            raise
        if known.role_id != role_id:
            role = harbor_client.RoleRequest(role_id=role_id)
            members.update_project_member(project, known.id, role=role, x_is_resource_name=True)


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Create the users of a CSV file and give them their roles in projects."
    )
    parser.add_argument("file", help="with the columns username, email, realname, password, roles")
    arguments = parser.parse_args()
    client = connect()
    users = harbor_client.UserApi(client)
    projects = harbor_client.ProjectApi(client)
    members = harbor_client.MemberApi(client)
    people = read(arguments.file)
    for project in sorted({project for _, roles in people for project in roles}):
        try:
            projects.head_project(project)
        except ApiException as e:
            if e.status == 404:
                raise ValueError(f"there is no project {project}") from e
            raise
    failed = 0
    for row, roles in people:
        name = row["username"]
        try:
            user, done = create(users, row)
            print(f"{name}: {done}")
            for project, role in roles.items():
                give(members, project, user, name, ROLES[role])
                print(f"{name}: {role} of {project}")
        except ApiException as e:
            if e.status == 401:  # each wrong login locks the account
                raise
            failed += 1
            what = "may have been done" if getattr(e, "outcome", "") == "unknown" else "failed"
            print(f"{name}: {what}: {e.status} {e.reason} {e.body or ''}".rstrip(), file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError, ApiException) as e:
        sys.exit(f"That did not work: {e}")
