"""The operations on projects."""

import re

from .._database.columns import PROJECTS
from .._database.projects import ROLES, Project
from .._database.query import Condition, parse_q, select, sorted_by
from .._errors import DatabaseError, bad_request, forbidden, not_found, precondition, refuse
from .._go.json import Fields, Struct
from .._go.text import parse_int64
from .._http.messages import Response, json_response
from .binding import PAGING, Body, Parameter, texts
from .callers import RobotCaller
from .calls import Call
from .paging import listing
from .routes import operation
from .users import shown

IS_NAME = Parameter("X-Is-Resource-Name", "bool", False, place="header")
NAME = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
_METADATA = (
    *("public", "enable_content_trust", "enable_content_trust_cosign", "prevent_vul", "severity", "auto_scan"),
    *("auto_sbom_generation", "reuse_sys_cve_allowlist"),
)
_PROXY_METADATA = ("proxy_speed_kb", "max_upstream_conn")  # only projects with a proxy cache keep them
_SEVERITIES = ("none", "negligible", "low", "medium", "high", "critical", "unknown")
_CVE = Struct("models.CVEAllowlistItem", {"cve_id": "string"})
_PROJECT: Fields = {
    "project_name": "string",
    "public": "bool",
    "storage_limit": "int64",
    "registry_id": "int64",
    "metadata": texts("ProjectMetadata", *_METADATA, *_PROXY_METADATA, "retention_id"),
    "cve_allowlist": Struct("models.CVEAllowlist", {"project_id": "int64", "expires_at": "int64", "items": [_CVE]}),
}
_BODY = Body("project", Struct("models.ProjectReq", _PROJECT), limited=("project_name",))
_FLAGS = ("true", "false")
_MAX_STORAGE = 1024**5
_RETENTION = "the retention_id in the request's payload when {} a project should be omitted, alternatively passing {}"
_HAS_REPOSITORIES = "the project contains repositories, can not be deleted"


def find_project(call: Call) -> Project | None:
    """The project that the path names, by id where it is a number, unless the caller says that it is a name."""
    text = call.text("project_name_or_id")
    _check_blanks(call, text)
    number = None if call.parameters["X-Is-Resource-Name"] else parse_int64(text)
    return call.harbor.store.projects.find(text, number)


def _check_blanks(call: Call, name: str) -> None:
    if not re.search(r"\s", name):
        return
    if call.harbor.version.checks_names_first:
        raise bad_request(f"invalid project name: '{name}'")
    call.caller.require_login()
    raise forbidden("forbidden")


def authorized_project(call: Call, action: str, resource: str = ".") -> Project | None:
    """The project that the path names if the caller may do this; None only for administrators."""
    project = find_project(call)
    require_in(project, call, action, resource)
    return project


def require_in(project: Project | None, call: Call, action: str, resource: str) -> None:
    """The access rule in a project."""
    if not (call.caller.is_sysadmin or (resource, action) in call.caller.permissions_in(project)):
        call.caller.require_login()
        raise forbidden("forbidden")


def existing(call: Call, project: Project | None) -> Project:
    if project is None:
        raise not_found(f"project {call.text('project_name_or_id')} not found")
    return project


@operation(
    "GET",
    "/projects",
    *(*PAGING, Parameter("q"), Parameter("sort"), Parameter("name"), Parameter("owner")),
    *(Parameter("public", "bool"), Parameter("with_detail", "bool", True)),
)
def list_projects(call: Call) -> Response:
    store, caller = call.harbor.store, call.caller
    conditions = parse_q(call.text("q"))
    in_q = {name: conditions.pop(name).value for name in ("owner", "public") if name in conditions}
    owner, public = call.text("owner") or in_q.get("owner"), call.parameters["public"]
    if public == "" and "public" in in_q and caller.authenticated:
        public = in_q["public"] == "true"
    if name := call.text("name"):
        conditions["name"] = Condition("contains", name)
    projects = [project for project in store.projects.by_id.values() if caller.sees(project)]
    if public != "":
        projects = [each for each in projects if each.metadata.get("public") == str(public).lower()]
    if owner:
        projects = [each for each in projects if store.users[each.owner_id].username == owner]
    projects = sorted_by(select(projects, conditions, call.harbor.version, PROJECTS), call.text("sort"), PROJECTS)
    return listing(call, projects, lambda each: _shown(call, each, bool(call.parameters["with_detail"])))


@operation("HEAD", "/projects", Parameter("project_name", required=True))
def head_project(call: Call) -> Response:
    call.caller.require_login()
    name = call.text("project_name")
    refuse((re.search(r"\s", name), f"invalid project name: '{name}'"))
    if call.harbor.store.projects.find(name, None) is None:
        raise not_found(f"project {name} not found")
    return Response(200)


@operation("POST", "/projects", Parameter("X-Resource-Name-In-Location", "bool", False, place="header"), body=_BODY)
def create_project(call: Call) -> Response:
    store, caller = call.harbor.store, call.caller
    _require_creatable(call)
    metadata = call.body.get("metadata", {})
    public = metadata.get("public") or str(call.body.get("public", False)).lower()
    registry, limit = call.body.get("registry_id", 1), call.body.get("storage_limit", 0)
    limit = limit if caller.is_sysadmin and limit else -1
    (name,) = call.texts("project_name")
    refuse(
        (public not in _FLAGS, f"metadata.public should only be 'true' or 'false', but got: '{public}'"),
        (metadata.get("retention_id"), "bad request: " + _RETENTION.format("creating", "an empty string")),
        (registry <= 0, f"bad request: {registry} is invalid value of registry_id, it should be geater than 0"),
    )
    if "registry_id" in call.body:
        raise DatabaseError(f"registry {registry} not found")
    refuse(
        (limit < -1, f"bad request: invalid non-positive value for quota limit, value={limit}"),
        (limit > _MAX_STORAGE, f"bad request: exceeded 1024TB, which is {_MAX_STORAGE} Bytes, value={limit}"),
        (not name, "Project name  is illegal in length. (greater than 255 or less than 1)"),
        (not NAME.fullmatch(name), "project name is not in lower case or contains illegal characters"),
    )
    owner = caller.user or next((user for user in store.present() if user.sysadmin_flag), None)
    if owner is None:
        raise DatabaseError("cannot create project as no system admin found")
    project = store.projects.insert(name, owner.user_id, _kept({**metadata, "public": public}), limit)
    location = name if call.parameters["X-Resource-Name-In-Location"] else project.project_id
    return Response(201, headers={"Location": f"{call.request.path.rstrip('/')}/{location}"})


def _require_creatable(call: Call) -> None:
    caller = call.caller
    caller.require_login()
    if isinstance(caller, RobotCaller) and not caller.is_system_level:
        raise forbidden("Only system level robot can create project")
    if call.harbor.settings.project_creation_restriction == "adminonly" and not caller.may("create", "project"):
        raise forbidden("Only system admin can create project")
    if "registry_id" in call.body and not caller.is_sysadmin:
        raise forbidden("Only system admin can create proxy cache project")


def _kept(metadata: dict[str, str]) -> dict[str, str]:
    """The metadata that a project without a proxy cache keeps."""
    kept = {name: value for name, value in metadata.items() if name in _METADATA and value}
    if "severity" in kept:
        severity = kept["severity"].lower()
        kept["severity"] = severity if severity in _SEVERITIES else "unknown"
    return kept


@operation("GET", "/projects/{project_name_or_id}", IS_NAME)
def get_project(call: Call) -> Response:
    return json_response(_shown(call, existing(call, authorized_project(call, "read"))))


@operation("PUT", "/projects/{project_name_or_id}", IS_NAME, body=_BODY)
def update_project(call: Call) -> Response:
    project = existing(call, authorized_project(call, "update"))
    metadata, allowlist = call.body.get("metadata", {}), call.body.get("cve_allowlist")
    own, theirs = project.project_id, (allowlist or {}).get("project_id", 0)
    already = "the one that has already been associated to this project"
    refuse(
        (theirs not in (0, own), f"project_id in cve_allowlist must be {own} but it's {theirs}"),
        ("retention_id" in metadata, _RETENTION.format("updating", already)),
    )
    if allowlist is not None:
        items = [item.get("cve_id", "") for item in allowlist.get("items", [])]
        if len(set(items)) < len(items):
            raise DatabaseError("duplicate CVE")
        next(call.harbor.store.projects.allowlist_ids)
        expiry = {"expires_at": allowlist["expires_at"]} if allowlist.get("expires_at") else {}
        project.allowlist = {**expiry, "items": [{"cve_id": item} for item in items]}
    project.metadata |= _kept(metadata)
    return Response(200)


@operation("DELETE", "/projects/{project_name_or_id}", IS_NAME)
def delete_project(call: Call) -> Response:
    project = existing(call, authorized_project(call, "delete"))
    if project.repo_count:
        raise precondition(f"precondition failed: {_HAS_REPOSITORIES}")
    projects = call.harbor.store.projects
    del projects.by_id[project.project_id]
    projects.keep_members(lambda member: member.project_id != project.project_id)
    return Response(200)


@operation("GET", "/projects/{project_name_or_id}/_deletable", IS_NAME)
def get_project_deletable(call: Call) -> Response:
    project = existing(call, authorized_project(call, "delete"))
    return json_response({"message": _HAS_REPOSITORIES} if project.repo_count else {"deletable": True})


@operation("GET", "/projects/{project_name_or_id}/summary", IS_NAME)
def get_project_summary(call: Call) -> Response:
    project = existing(call, authorized_project(call, "read"))
    held = call.caller.permissions_in(project)
    result = shown(project, "repo_count")
    if ("quota", "read") in held:
        result["quota"] = {"hard": {"storage": project.storage_limit}, "used": {"storage": 0}}
    if ("member", "list") in held:
        roles = [each.role_id for each in call.harbor.store.projects.of_project(project.project_id)]
        for role_id, role in ROLES.items():
            if role_id in roles:
                result[re.sub("[A-Z]", lambda match: "_" + match[0].lower(), role) + "_count"] = roles.count(role_id)
    return json_response(result)


def _shown(call: Call, project: Project, detail: bool = True) -> dict[str, object]:
    never = dict.fromkeys(("creation_time", "update_time"), "0001-01-01T00:00:00.000Z")
    member = call.caller.membership_in(project)
    owner = call.harbor.store.users[project.owner_id]
    result = shown(project, "creation_time", "name", "owner_id", "project_id", "repo_count", "update_time")
    result["current_user_role_ids"] = [member.role_id] if member else None
    if member and member.role_id in ROLES:
        result["current_user_role_id"] = member.role_id
    result["cve_allowlist"] = {"items": None, **never}
    if detail:
        ids = {"id": project.allowlist_id, "project_id": project.project_id}
        result["cve_allowlist"] = {"items": [], **project.allowlist, **ids, **never}
        result["metadata"] = project.metadata
        if not owner.deleted:
            result["owner_name"] = owner.username
    return result
