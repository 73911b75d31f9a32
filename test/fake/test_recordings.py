"""Every step that was recorded of a real Harbor, played against the fake one over a raw socket."""

import json
from typing import Any

import pytest

from harbor_client.testing import FakeHarbor
from support import recordings
from support.rawhttp import Raw, Response, basic

_ALL = [(folder, name) for folder in recordings.VERSIONS for name in recordings.scenarios(folder)]
_LOCK = 1.5


def test_all_recordings_are_here() -> None:
    assert len(_ALL) == 76


@pytest.mark.parametrize(("folder", "name"), _ALL)
def test_replay(folder: str, name: str) -> None:
    differences = []
    secrets: dict[str, str] = {}
    with FakeHarbor(recordings.VERSIONS[folder], lock_seconds=_LOCK) as harbor:
        harbor.clock.freeze()
        for number, step in enumerate(recordings.scenario(folder, name)):
            harbor.clock.advance(0.01)
            if "given" in step:
                _put(harbor, step)
                continue
            request, response = step["request"], step["response"]
            harbor.clock.advance(request.get("pause", 0))
            if request["as"] and request["as"][1] == "@robot":
                request["as"][1] = secrets[request["as"][0]]
            answer = _play(harbor, request, held=response.get("took_over_1.2_s", False))
            if (request["method"], request["path"], answer.status) == ("POST", "/robots", 201):
                secrets[answer.json["name"]] = answer.json["secret"]
            names = [header for header, _ in answer.headers]
            assert len(set(names)) == len(names)
            found = recordings.difference(
                response,
                answer.status,
                dict(answer.headers),
                answer.body,
                as_set=request["path"].startswith("/users/current/permissions") and answer.status == 200,
            )
            differences += [f"step {number}, {request['method']} {request['path']}: {line}" for line in found]
    assert differences == []


def _put(harbor: FakeHarbor, step: dict[str, Any]) -> None:
    """Put into the harbor what was put into the real one's database."""
    if "user" in step:
        fields = {name: value for name, value in step["user"].items() if name != "user_id"}
        assert harbor.add_user(**fields) == step["user"]["user_id"]
    else:
        harbor.set_repositories("proj", {"a repository proj/hello in the project": 1}.get(step["given"], 0))


def _play(harbor: FakeHarbor, request: dict[str, Any], held: bool) -> Response:
    """Send a request. The clock stands still, so that an answer which is held back by mistake never comes."""
    headers = dict(request.get("headers", {}))
    body = None
    if "json" in request:
        headers["Content-Type"] = "application/json"
        body = json.dumps(request["json"]).encode()
    elif "raw" in request:
        body = request["raw"].encode()
    auth = basic(*request["as"]) if request["as"] else None
    with Raw(harbor.host, harbor.port) as raw:
        raw.send(request["method"], "/api/v2.0" + request["path"], auth=auth, headers=headers, body=body)
        if held:
            harbor.clock.wait_for_sleepers(1)
            harbor.clock.advance(1.2)
            assert harbor.clock.sleepers == 1
            assert not raw.has_response()
            harbor.clock.advance(_LOCK - 1.2)
        return raw.read(request["method"])
