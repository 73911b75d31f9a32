"""The operations on Harbor itself: its state, its configuration, its robot accounts and groups of users."""

import secrets
from typing import Any

from .._database.store import ADMIN_ID, Robot
from .._errors import not_found, refuse
from .._go.json import Struct
from .._http.messages import Request, Response, json_response
from .binding import PAGING, Body
from .calls import Call
from .paging import listing
from .permissions import IN_PROJECT, SYSTEM
from .projects import NAME, require_in
from .routes import operation
from .settings import FIELDS
from .users import shown, shown_time

_ACCESS = Struct("models.Access", {"action": "string", "resource": "string"})
_PERMISSION = Struct("models.RobotPermission", {"kind": "string", "namespace": "string", "access": [_ACCESS]})
_ROBOT = Struct("models.RobotCreate", {"name": "string", "level": "string", "permissions": [_PERMISSION]})
_IN_PROJECT = frozenset((resource.replace(".", "project"), action) for resource, action in IN_PROJECT)
_ALLOWED = {"system": frozenset(SYSTEM), "project": _IN_PROJECT}
_COMPONENTS = ("core", "database", "jobservice", "portal", "redis", "registry", "registryctl")


@operation("GET", "/ping")
def get_ping(call: Call) -> Response:
    return Response(200, b"Pong", {"Content-Type": "text/plain"})


@operation("GET", "/health")
def get_health(call: Call) -> Response:
    components = [{"name": name, "status": "healthy"} for name in _COMPONENTS]
    return json_response({"components": components, "status": "healthy"})


@operation("GET", "/systeminfo")
def get_systeminfo(call: Call) -> Response:
    """Who has not logged in is told only what a login page needs."""
    settings = call.harbor.settings
    names = ["auth_mode", "primary_auth_mode", "self_registration"]
    told: dict[str, object] = {"banner_message": ""}
    if call.caller.authenticated:
        host = call.request.header("host")
        names += ["project_creation_restriction", "read_only"]
        told |= {
            "current_time": shown_time(call.harbor.clock.time()),
            "external_url": f"{'https' if call.harbor.secure else 'http'}://{host}",
            "harbor_version": f"v{call.harbor.version.text}",
            "has_ca_root": False,
            "notification_enable": True,
            "registry_storage_provider_name": "filesystem",
            "registry_url": host,
        }
    return json_response({**told, **{name: getattr(settings, name) for name in names}})


def outside_api(request: Request) -> Response:
    """The paths of Harbor's core beside the API of this version: all but one are an empty 404."""
    if request.path == "/api/version" and request.method == "GET":
        return json_response({"version": "v2.0"})
    return Response(404)


@operation("GET", "/configurations")
def get_configurations(call: Call) -> Response:
    call.caller.require("read", "configuration")
    return json_response(call.harbor.settings.shown(_users_exist(call)))


@operation("PUT", "/configurations", body=Body("configurations", Struct("models.Configurations", FIELDS)))
def update_configurations(call: Call) -> Response:
    call.caller.require("update", "configuration")
    call.harbor.settings.update(call.body, _users_exist(call))
    return Response(200)


def _users_exist(call: Call) -> bool:
    return any(user.user_id != ADMIN_ID for user in call.harbor.store.present())


@operation("GET", "/usergroups", *PAGING)
def list_user_groups(call: Call) -> Response:
    call.caller.require("list", "user-group")
    groups = list(call.harbor.store.projects.groups.items())
    return listing(call, groups, lambda group: {"group_name": group[1], "group_type": 3, "id": group[0]})


@operation("POST", "/robots", body=Body("robot", _ROBOT))
def create_robot(call: Call) -> Response:
    name, level = call.texts("name", "level")
    permissions = call.body.get("permissions", [])
    _check_robot(name, level, permissions)
    if level == "system":
        call.caller.require("create", "robot")
    else:
        namespace = permissions[0].get("namespace", "")
        project = call.harbor.store.projects.find(namespace, None)
        require_in(project, call, "create", "robot")
        if project is None:
            raise not_found(f"project {namespace} not found")
    secret = secrets.token_urlsafe(24)
    robot = call.harbor.store.add_robot(name, level, permissions, secret)
    made = {name: _shown_robot(robot)[name] for name in ("creation_time", "expires_at", "id", "name")}
    response = json_response({**made, "secret": secret}, Location=f"{call.request.path}/{robot.robot_id}")
    response.status = 201
    return response


def _check_robot(name: str, level: str, permissions: list[dict[str, Any]]) -> None:
    """Refuse what Harbor refuses before it looks at the caller."""
    refuse(
        (not NAME.fullmatch(name), "robot name is not in lower case or contains illegal characters"),
        (level not in _ALLOWED, f"bad request error level input: {level}"),
        (not permissions, "bad request empty permission"),
        (not all(each.get("access") for each in permissions), "bad request empty access"),
        (level == "project" and len(permissions) > 1, "bad request permission"),
    )
    for permission in permissions:
        kind = permission.get("kind", "")
        refuse((kind not in _ALLOWED, f"bad request permission level: {kind}"))
        for access in permission["access"]:
            resource, action = access.get("resource", ""), access.get("action", "")
            refuse(((resource, action) not in _ALLOWED[kind], f"bad request permission: {resource}:{action}"))


@operation("GET", "/robots", *PAGING)
def list_robots(call: Call) -> Response:
    call.caller.require("list", "robot")
    robots = [each for each in reversed(call.harbor.store.robots.values()) if each.level == "system"]
    return listing(call, robots, _shown_robot)


def _shown_robot(robot: Robot) -> dict[str, object]:
    constant = {"creator_ref": 1, "creator_type": "local", "disable": False, "duration": -1, "editable": True}
    return {
        **shown(robot, "creation_time", "level", "name", "permissions"),
        "expires_at": -1,
        "id": robot.robot_id,
        "update_time": shown_time(robot.creation_time),
        **constant,
    }
