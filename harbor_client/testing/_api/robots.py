"""The operations on robot accounts that scripts need to make callers of other operations."""

from __future__ import annotations

import secrets

from .._database.store import Robot
from .._errors import bad_request, not_found
from .._go.json import Struct
from .._http.messages import Response, json_response
from .binding import PAGING, Body
from .calls import Call
from .paging import page_of
from .permissions import IN_PROJECT, SYSTEM
from .routes import operation
from .users import shown_time

_ACCESS = Struct("models.Access", dict.fromkeys(("action", "effect", "resource"), "string"))
_PERMISSION = Struct("models.RobotPermission", {"kind": "string", "namespace": "string", "access": [_ACCESS]})
_ROBOT = Struct(
    "models.RobotCreate",
    {
        **dict.fromkeys(("name", "level", "description", "secret"), "string"),
        "duration": "int64",
        "disable": "bool",
        "permissions": [_PERMISSION],
    },
)
_ALLOWED = {
    "system": frozenset(SYSTEM),
    "project": frozenset(IN_PROJECT) | {("project", action) for action in ("read", "update", "delete")},
}


@operation("POST", "/robots", body=Body("robot", _ROBOT))
def create_robot(call: Call) -> Response:
    call.caller.require("create", "robot")
    store = call.harbor.store
    permissions = call.body.get("permissions", [])
    for permission in permissions:
        for access in permission["access"]:
            if (access["resource"], access["action"]) not in _ALLOWED[permission["kind"]]:
                raise bad_request(f"bad request permission: {access['resource']}:{access['action']}")
        if permission["namespace"] not in ("/", "*") and not store.projects.find(permission["namespace"], None):
            raise not_found(f"project {permission['namespace']} not found")
    secret = secrets.token_urlsafe(24)
    name, level = call.texts("name", "level")
    robot = store.add_robot(name, level, permissions, secret)
    shown = {
        "creation_time": shown_time(robot.creation_time),
        "expires_at": -1,
        "id": robot.robot_id,
        "name": robot.name,
        "secret": secret,
    }
    response = json_response(shown, Location=f"{call.request.path.rstrip('/')}/{robot.robot_id}")
    response.status = 201
    return response


@operation("GET", "/robots", *PAGING)
def list_robots(call: Call) -> Response:
    call.caller.require("list", "robot")
    robots = [each for each in reversed(call.harbor.store.robots.values()) if each.level == "system"]
    rows = page_of(robots, call.number("page"), call.number("page_size"))
    return json_response([_shown(each) for each in rows], X_Total_Count=str(len(robots)))


def _shown(robot: Robot) -> dict[str, object]:
    access = [
        {
            "access": [{"action": each["action"], "resource": each["resource"]} for each in permission["access"]],
            "kind": permission["kind"],
            "namespace": permission["namespace"],
        }
        for permission in robot.permissions
    ]
    return {
        "creation_time": shown_time(robot.creation_time),
        "creator_ref": 1,
        "creator_type": "local",
        "disable": False,
        "duration": -1,
        "editable": True,
        "expires_at": -1,
        "id": robot.robot_id,
        "level": robot.level,
        "name": robot.name,
        "permissions": access,
        "update_time": shown_time(robot.creation_time),
    }
