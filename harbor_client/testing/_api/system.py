"""The operations on Harbor itself: its configuration."""

from __future__ import annotations

from .._database.store import ADMIN_ID
from .._http.messages import Response, json_response
from .calls import Call


def get_configurations(call: Call) -> Response:
    call.caller.require("read", "configuration")
    return json_response(call.harbor.settings.shown(_users_exist(call)))


def update_configurations(call: Call) -> Response:
    call.caller.require("update", "configuration")
    call.harbor.settings.update(call.body, _users_exist(call))
    return Response(200)


def _users_exist(call: Call) -> bool:
    return any(user.user_id != ADMIN_ID for user in call.harbor.store.present())
