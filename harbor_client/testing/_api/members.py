"""The operations on the members of a project, and the groups that they may be."""

from .._database.projects import INT32, ROLES, Member, Project, collation_key
from .._errors import DatabaseError, bad_request, conflict, not_found, refuse
from .._go.json import Struct
from .._http.messages import Response, json_response
from .binding import PAGING, Body, Parameter
from .calls import Call
from .paging import listing
from .projects import IS_NAME, authorized_project, existing
from .routes import operation
from .users import shown

_MEMBERS = "/projects/{project_name_or_id}/members"
_USER = Struct("models.UserEntity", {"user_id": "int64", "username": "string"})
_GROUP = Struct("models.UserGroup", {"id": "int64", "group_name": "string", "ldap_group_dn": "string"})
_MEMBER = Struct("models.ProjectMember", {"role_id": "int64", "member_user": _USER, "member_group": _GROUP})
_ROLE = Struct("models.RoleRequest", {"role_id": "int64"})


@operation("GET", _MEMBERS, *PAGING, Parameter("entityname"), IS_NAME)
def list_project_members(call: Call) -> Response:
    project = existing(call, authorized_project(call, "list", "member"))
    members = _with_role(call, project)
    if name := call.text("entityname"):
        members = [each for each in members if _entity_name(call, each) == name]
    total = len(call.harbor.store.projects.of_project(project.project_id))  # whatever the name and the role
    return listing(call, members, lambda each: _shown(call, each), total)


def _with_role(call: Call, project: Project) -> list[Member]:
    """The members with a role that exists, by name; no others are ever shown."""
    members = [each for each in call.harbor.store.projects.of_project(project.project_id) if each.role_id in ROLES]
    return sorted(members, key=lambda each: collation_key(_entity_name(call, each)))


def _entity_name(call: Call, member: Member) -> str:
    store = call.harbor.store
    is_user = member.entity_type == "u"
    return store.users[member.entity_id].username if is_user else store.projects.groups[member.entity_id]


def _shown(call: Call, member: Member) -> dict[str, object]:
    names = {"entity_name": _entity_name(call, member), "role_name": ROLES[member.role_id]}
    return {**shown(member, "entity_id", "entity_type", "project_id", "role_id"), "id": member.member_id, **names}


@operation("POST", _MEMBERS, IS_NAME, body=Body("projectMember", _MEMBER, required=False))
def create_project_member(call: Call) -> Response:
    project = authorized_project(call, "create", "member")
    refuse((not call.request.body.strip(), "the project member should provide"))
    user, group = call.body.get("member_user", {}), call.body.get("member_group", {})
    user_id, group_id = max(user.get("user_id", 0), 0), max(group.get("id", 0), 0)
    username, group_name = user.get("username"), group.get("ldap_group_dn") or group.get("group_name", "")
    named = user_id or group_id or username or group_name
    if not named and call.harbor.version.checks_names_first:
        raise bad_request("at least one of member_user or member_group must be provided")
    project = existing(call, project)
    if not named:
        raise DatabaseError("nobody named")
    projects = call.harbor.store.projects
    if user_id or (username and not group_id):
        kind, entity_id = "u", _user_id(call, user_id, username)
    else:
        kind, entity_id = "g", _group_id(call, group_id, group_name)
    role_id = call.body.get("role_id", 0)
    member = projects.members.get((project.project_id, kind, entity_id))
    if member is not None and member.role_id in ROLES:
        raise conflict("The project member specified already exist")
    refuse((role_id not in ROLES, "Failed to update project member, role is not in 1,2,3"))
    if kind == "g":
        projects.groups.setdefault(entity_id, group_name)
    member = projects.add_member(project.project_id, kind, entity_id, role_id)
    return Response(201, headers={"Location": f"{call.request.path.rstrip('/')}/{member.member_id}"})


def _user_id(call: Call, user_id: int, username: str) -> int:
    """The user of this id or, where that is 0, of this name, whom the other auth modes look for elsewhere."""
    store, mode = call.harbor.store, call.harbor.settings.auth_mode
    if user_id:
        row = store.row(user_id)
        refuse((row is None or row.deleted, f"Failed to get user {user_id}: user {user_id} not found"))
        return user_id
    if user := store.by_username(username):
        return user.user_id
    if mode in ("ldap_auth", "uaa_auth"):
        raise DatabaseError("no connection to where the users are")
    raise not_found(f"{username} not found: not supported" if mode == "oidc_auth" else f"user {username} is not found")


def _group_id(call: Call, group_id: int, name: str) -> int:
    """The group of this id or, where that is 0, of this name; a new one takes the next id."""
    projects, mode = call.harbor.store.projects, call.harbor.settings.auth_mode
    if group_id:
        refuse((group_id not in projects.groups, f"Group {group_id} not found"))
        return group_id
    if mode in ("ldap_auth", "http_auth"):
        raise DatabaseError("no connection to where the groups are")
    if mode != "oidc_auth":
        raise not_found(f"{name} not found: not supported")
    known = [each for each, known_name in projects.groups.items() if known_name == name]
    return known[0] if known else next(projects.group_ids)


@operation("GET", f"{_MEMBERS}/{{mid}}", IS_NAME)
def get_project_member(call: Call) -> Response:
    project, member_id = _member_of(call, "read", "the member id can not be empty!")
    # Harbor does not filter by a negative id.
    members = [each for each in _with_role(call, project) if member_id < 0 or each.member_id == member_id]
    if not members:
        raise not_found(f"the project member is not found, project id {project.project_id}, member id {member_id}")
    return json_response(_shown(call, members[0]))


@operation("PUT", f"{_MEMBERS}/{{mid}}", IS_NAME, body=Body("role", _ROLE, required=False))
def update_project_member(call: Call) -> Response:
    project, member_id = _member_of(call, "update", "member id can not be empty", "role can not be empty")
    role_id = call.body.get("role_id", 0)
    if role_id not in INT32:
        raise DatabaseError("role out of range for integer")
    for member in call.harbor.store.projects.of_project(project.project_id):
        if member.member_id == member_id:
            member.role_id = role_id
    return Response(200)


@operation("DELETE", f"{_MEMBERS}/{{mid}}", IS_NAME)
def delete_project_member(call: Call) -> Response:
    project, member_id = _member_of(call, "delete", "the project member id is required.")
    wanted = (project.project_id, member_id)
    call.harbor.store.projects.keep_members(lambda each: (each.project_id, each.member_id) != wanted)
    return Response(200)


def _member_of(call: Call, action: str, no_member: str, no_body: str = "") -> tuple[Project, int]:
    """The project and the member id of the path, and what is said where there is no id or no body."""
    project, member_id = authorized_project(call, action, "member"), call.number("mid")
    refuse((no_body and not call.request.body.strip(), no_body), (not member_id, no_member))
    project = existing(call, project)
    if member_id not in INT32:
        raise DatabaseError("member id out of range for integer")
    return project, member_id
