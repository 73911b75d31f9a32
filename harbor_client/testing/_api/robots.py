"""The operations on robot accounts that are needed to make callers of other operations."""

from __future__ import annotations

import secrets

from .._database.store import Robot
from .._errors import bad_request
from .._go.json import Struct
from .._http.messages import Response, json_response
from .binding import PAGING, Body
from .calls import Call
from .paging import listing
from .permissions import IN_PROJECT, SYSTEM
from .routes import operation
from .users import shown, shown_time

_ACCESS = Struct("models.Access", {"action": "string", "resource": "string"})
_PERMISSION = Struct("models.RobotPermission", {"kind": "string", "namespace": "string", "access": [_ACCESS]})
_ROBOT = Struct("models.RobotCreate", {"name": "string", "level": "string", "permissions": [_PERMISSION]})
_IN_PROJECT = frozenset((resource.replace(".", "project"), action) for resource, action in IN_PROJECT)
_ALLOWED = {"system": frozenset(SYSTEM), "project": _IN_PROJECT}


@operation("POST", "/robots", body=Body("robot", _ROBOT))
def create_robot(call: Call) -> Response:
    call.caller.require("create", "robot")
    permissions = call.body.get("permissions", [])
    for permission in permissions:
        for access in permission.get("access", []):
            resource, action = access.get("resource", ""), access.get("action", "")
            if (resource, action) not in _ALLOWED.get(permission.get("kind", ""), ()):
                raise bad_request(f"bad request permission: {resource}:{action}")
    name, level = call.texts("name", "level")
    secret = secrets.token_urlsafe(24)
    robot = call.harbor.store.add_robot(name, level, permissions, secret)
    made = {name: _shown(robot)[name] for name in ("creation_time", "expires_at", "id", "name")}
    response = json_response({**made, "secret": secret}, Location=f"{call.request.path}/{robot.robot_id}")
    response.status = 201
    return response


@operation("GET", "/robots", *PAGING)
def list_robots(call: Call) -> Response:
    call.caller.require("list", "robot")
    robots = [each for each in reversed(call.harbor.store.robots.values()) if each.level == "system"]
    return listing(call, robots, _shown)


def _shown(robot: Robot) -> dict[str, object]:
    constant = {"creator_ref": 1, "creator_type": "local", "disable": False, "duration": -1, "editable": True}
    return {
        **shown(robot, "creation_time", "level", "name", "permissions"),
        "expires_at": -1,
        "id": robot.robot_id,
        "update_time": shown_time(robot.creation_time),
        **constant,
    }
