"""The operations on the members of a project, and the groups that they may be."""

from __future__ import annotations

from .._database.projects import INT32, ROLES, Member, Project, collation_key
from .._errors import DatabaseError, bad_request, conflict, not_found
from .._go.json import Struct
from .._http.messages import Response, json_response
from .binding import PAGING, Body, Parameter
from .calls import Call
from .paging import links, page_of
from .projects import IS_NAME, authorized_project, existing
from .routes import operation

_MEMBERS = "/projects/{project_name_or_id}/members"
_USER = Struct("models.UserEntity", {"user_id": "int64", "username": "string"})
_GROUP = Struct(
    "models.UserGroup", {"id": "int64", "group_name": "string", "group_type": "int64", "ldap_group_dn": "string"}
)
_BODY = Body(
    "projectMember",
    Struct("models.ProjectMember", {"role_id": "int64", "member_user": _USER, "member_group": _GROUP}),
    required=False,
)
_ROLE_BODY = Body("role", Struct("models.RoleRequest", {"role_id": "int64"}), required=False)


@operation("GET", _MEMBERS, *PAGING, Parameter("entityname"), IS_NAME)
def list_project_members(call: Call) -> Response:
    project = existing(call, authorized_project(call, "list", "member"))
    members = _with_role(call, project)
    if name := call.text("entityname"):
        members = [each for each in members if _entity_name(call, each) == name]
    page, page_size = call.number("page"), call.number("page_size")
    total = len(call.harbor.store.projects.of_project(project.project_id))  # Harbor counts without the name
    return json_response(
        [_shown(call, each) for each in page_of(members, page, page_size)],
        X_Total_Count=str(total),
        Link=links(call.request, total, page, page_size),
    )


def _with_role(call: Call, project: Project) -> list[Member]:
    """The members with a role that exists, by name; no others are ever shown."""
    members = [each for each in call.harbor.store.projects.of_project(project.project_id) if each.role_id in ROLES]
    return sorted(members, key=lambda each: collation_key(_entity_name(call, each)))


def _entity_name(call: Call, member: Member) -> str:
    store = call.harbor.store
    is_user = member.entity_type == "u"
    return store.users[member.entity_id].username if is_user else store.projects.groups[member.entity_id]


def _shown(call: Call, member: Member) -> dict[str, object]:
    return {
        "entity_id": member.entity_id,
        "entity_name": _entity_name(call, member),
        "entity_type": member.entity_type,
        "id": member.member_id,
        "project_id": member.project_id,
        "role_id": member.role_id,
        "role_name": ROLES[member.role_id],
    }


@operation("POST", _MEMBERS, IS_NAME, body=_BODY)
def create_project_member(call: Call) -> Response:
    project = authorized_project(call, "create", "member")
    if not call.has_body:
        raise bad_request("the project member should provide")
    user, group = call.body.get("member_user", {}), call.body.get("member_group", {})
    named = user.get("user_id", 0) > 0 or user.get("username") or group.get("id", 0) > 0
    named = named or group.get("ldap_group_dn") or group.get("group_name")
    if not named and call.harbor.version.checks_members_first:
        raise bad_request("at least one of member_user or member_group must be provided")
    project = existing(call, project)
    if not named:
        raise DatabaseError("nobody named")
    projects = call.harbor.store.projects
    entity_type, entity_id = _entity(call)
    role_id = call.body.get("role_id", 0)
    member = projects.member(project.project_id, entity_type, entity_id)
    if member is not None and member.role_id in ROLES:
        raise conflict("The project member specified already exist")
    if entity_type == "g" and entity_id not in projects.groups:
        projects.next_group_id += 1
    if role_id not in ROLES:
        raise bad_request("Failed to update project member, role is not in 1,2,3")
    if entity_type == "g":
        projects.groups.setdefault(entity_id, group.get("ldap_group_dn") or group.get("group_name"))
    member = projects.add_member(project.project_id, entity_type, entity_id, role_id)
    return Response(201, headers={"Location": f"{call.request.path.rstrip('/')}/{member.member_id}"})


def _entity(call: Call) -> tuple[str, int]:
    """Who is to be a member: the first of user id, group id, user name, distinguished name and group name."""
    store, mode = call.harbor.store, call.harbor.settings.auth_mode
    user, group = call.body.get("member_user", {}), call.body.get("member_group", {})
    if (user_id := user.get("user_id", 0)) > 0:
        found = store.row(user_id)
        if found is None or found.deleted:
            raise bad_request(f"Failed to get user {user_id}: user {user_id} not found")
        return "u", user_id
    if (group_id := group.get("id", 0)) > 0:
        if group_id not in store.projects.groups:
            raise bad_request(f"Group {group_id} not found")
        return "g", group_id
    if username := user.get("username"):
        if found := store.by_username(username):
            return "u", found.user_id
        if mode in ("db_auth", "http_auth"):
            raise not_found(f"user {username} is not found")
        if mode == "oidc_auth":
            raise not_found(f"{username} not found: not supported")
        raise DatabaseError("no connection to where the users are")
    name = group.get("ldap_group_dn") or group["group_name"]
    if mode in ("ldap_auth", "http_auth"):
        raise DatabaseError("no connection to where the groups are")
    if mode != "oidc_auth":
        raise not_found(f"{name} not found: not supported")
    known = [group_id for group_id, each in store.projects.groups.items() if each == name]
    return "g", known[0] if known else store.projects.next_group_id


@operation("GET", f"{_MEMBERS}/{{mid}}", IS_NAME)
def get_project_member(call: Call) -> Response:
    project = authorized_project(call, "read", "member")
    member_id = _member_id(call, "the member id can not be empty!")
    project = existing(call, project)
    members = _with_role(call, project)
    if member_id > 0:  # Harbor does not filter by an id below
        _check_range(member_id)
        members = [each for each in members if each.member_id == member_id]
    if not members:
        raise not_found(f"the project member is not found, project id {project.project_id}, member id {member_id}")
    return json_response(_shown(call, members[0]))


@operation("PUT", f"{_MEMBERS}/{{mid}}", IS_NAME, body=_ROLE_BODY)
def update_project_member(call: Call) -> Response:
    project = authorized_project(call, "update", "member")
    if not call.has_body:
        raise bad_request("role can not be empty")
    member_id = _member_id(call, "member id can not be empty")
    project = existing(call, project)
    role_id = call.body.get("role_id", 0)
    _check_range(member_id, role_id)
    for member in call.harbor.store.projects.of_project(project.project_id):
        if member.member_id == member_id:
            member.role_id = role_id
    return Response(200)


@operation("DELETE", f"{_MEMBERS}/{{mid}}", IS_NAME)
def delete_project_member(call: Call) -> Response:
    project = authorized_project(call, "delete", "member")
    member_id = _member_id(call, "the project member id is required.")
    project = existing(call, project)
    _check_range(member_id)
    projects = call.harbor.store.projects
    wanted = (project.project_id, member_id)
    projects.members = [each for each in projects.members if (each.project_id, each.member_id) != wanted]
    return Response(200)


def _member_id(call: Call, complaint: str) -> int:
    member_id = call.number("mid")
    if not member_id:
        raise bad_request(complaint)
    return member_id


def _check_range(*numbers: int) -> None:
    if any(number not in INT32 for number in numbers):
        raise DatabaseError("out of range for integer")


@operation("GET", "/usergroups", *PAGING)
def list_user_groups(call: Call) -> Response:
    call.caller.require("list", "user-group")
    groups = call.harbor.store.projects.groups
    shown = [{"group_name": name, "group_type": 3, "id": group_id} for group_id, name in groups.items()]
    rows = page_of(shown, call.number("page"), call.number("page_size"))
    return json_response(rows, X_Total_Count=str(len(shown)))
