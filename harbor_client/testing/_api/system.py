"""The operations on Harbor itself: its configuration."""

from __future__ import annotations

from .._database.store import ADMIN_ID
from .._go.json import Struct
from .._http.messages import Response, json_response
from .binding import Body
from .calls import Call
from .routes import operation
from .settings import FIELDS


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
