"""The operations on Harbor itself: its state and its configuration."""

from __future__ import annotations

from .._database.store import ADMIN_ID
from .._go.json import Struct
from .._http.messages import Request, Response, json_response
from .binding import Body
from .calls import Call
from .routes import operation
from .settings import FIELDS
from .users import shown_time

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
    shown: dict[str, object] = {
        "auth_mode": settings.auth_mode,
        "banner_message": "",
        "primary_auth_mode": settings.primary_auth_mode,
        "self_registration": settings.self_registration,
    }
    if call.caller.authenticated:
        host = call.request.header("host")
        shown |= {
            "current_time": shown_time(call.harbor.clock.time()),
            "external_url": f"{'https' if call.harbor.secure else 'http'}://{host}",
            "harbor_version": f"v{call.harbor.version.text}",
            "has_ca_root": False,
            "notification_enable": True,
            "project_creation_restriction": settings.project_creation_restriction,
            "read_only": settings.read_only,
            "registry_storage_provider_name": "filesystem",
            "registry_url": host,
        }
    return json_response(shown)


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
