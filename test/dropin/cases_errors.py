"""Failures: statuses, bodies, broken answers, redirects, repeats."""

from __future__ import annotations

import json
import pickle
import threading

from recorder import Answer
from stage import NOTHING, Stage, add, case, differs, json_answer

STATUSES = (
    *(400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 412, 413, 415, 418, 422, 423, 431, 451, 499),
    *(500, 501, 505, 599),
)


def _harbor_error(status: int, reason: str = "Reason") -> Answer:
    return json_answer({"errors": [{"code": "A_CODE", "message": "a message"}]}, status, reason, x_request_id="r-9")


for status in STATUSES:
    add(f"errors/status-{status}/get", lambda stage: stage.api().get_user(3), _harbor_error(status))
    add(f"errors/status-{status}/post", lambda stage: stage.api().create_user({}), _harbor_error(status))
for status in (429, 502, 503, 504):
    # A GET is repeated by this package (see the cases on repeats); a write never is.
    add(f"errors/status-{status}/post", lambda stage: stage.api().create_user({}), _harbor_error(status))
for status in (300, 304, 305, 306, 399):
    add(f"errors/status-{status}/get", lambda stage: stage.api().get_user(3), _harbor_error(status))
BODIES = {
    "none": Answer(404, "Not Found"),
    "html": Answer(502, "Bad Gateway", (("Content-Type", "text/html"),), b"<html>bad gateway</html>"),
    "empty-errors": json_answer({"errors": []}, 400, "Bad Request"),
    "null-errors": json_answer({"errors": None}, 400, "Bad Request"),
    "unicode": Answer(400, "Bad Request", (), '{"errors":[{"message":"žluť"}]}'.encode()),
    "list": json_answer([1], 400, "Bad Request"),
    "no-reason": _harbor_error(400, ""),
}
for label, answer in BODIES.items():
    add(f"errors/body-{label}", lambda stage: stage.api().create_user({}), answer)
add(
    "errors/body-not-utf-8",
    lambda stage: stage.api().create_user({}),
    Answer(400, "Bad Request", (), b"\xff\xfe"),
    differs=differs("error-body-is-text", "", ours={"error.status": 400}),
)
add(
    "errors/raw-get",
    lambda stage: stage.api().get_user(3, _preload_content=False),
    _harbor_error(404),
    differs=differs(
        "error-body-is-text",
        "error.body",
        ours={"error.body": '{"errors":[{"code":"A_CODE","message":"a message"}]}\n'},
    ),
)


@case("errors/attributes", _harbor_error(404, "Not Found"))
def _attributes(stage: Stage) -> object:
    error = stage.attempt(lambda: stage.api().get_user(3))
    assert isinstance(error, stage.package.rest.ApiException)
    return [error.status, error.reason, error.body, error.headers["x-request-id"], error.headers.get("X-REQUEST-ID")]


@case(
    "errors/caught-as-Exception",
    _harbor_error(404, "Not Found"),
    differs=differs("error-texts", "result.list.1", ours={"result.list.1.list.1": "(404)"}),
)
def _caught(stage: Stage) -> object:
    try:
        return stage.api().get_user(3)
    except Exception as error:
        return [isinstance(error, stage.package.rest.ApiException), str(error).splitlines()[:2]]


class Response:
    status, reason, data = 409, "Conflict", "the body"

    def getheaders(self) -> dict[str, str]:
        return {"A": "b"}


for label, keywords in {
    "nothing": {},
    "status": {"status": 404},
    "both": {"status": 0, "reason": "R"},
    "response": {"http_resp": Response()},
    "all": {"status": 1, "reason": "q", "http_resp": Response()},
}.items():
    add(f"errors/by-hand/{label}", lambda stage, k=keywords: stage.package.rest.ApiException(**k))
    add(
        f"errors/by-hand/{label}-str",
        lambda stage, k=keywords: str(stage.package.rest.ApiException(**k)).splitlines()[:2],
    )
add("errors/by-hand/positional", lambda stage: stage.package.rest.ApiException(404, "Not Found"))


@case("errors/by-hand/subclass")
def _subclass(stage: Stage) -> object:
    class Mine(stage.package.rest.ApiException):  # type: ignore[name-defined, misc]
        pass

    return stage.attempt(lambda: (_ for _ in ()).throw(Mine(status=7, reason="mine")))


@case("errors/pickle", _harbor_error(404, "Not Found"))
def _pickle(stage: Stage) -> object:
    error = stage.attempt(lambda: stage.api().get_user(3))
    twin = pickle.loads(pickle.dumps(error))
    return [twin.status, twin.reason, twin.body, type(twin) is type(error)]


# Answers that are no answers. The reference lets the libraries' own errors through, or takes them for users.
LIBRARY = "library-errors"
FAILED = {"error.type": "ApiException", "error.status": 0}


@case("errors/no-server", differs=differs(LIBRARY, "", ours=FAILED))
def _no_server(stage: Stage) -> object:
    return stage.api(host="http://127.0.0.1:1/api/v2.0").create_user({})


@case("errors/hang-up", Answer(hang_up=True), differs=differs(LIBRARY, "", ours=FAILED))
def _hang_up(stage: Stage) -> object:
    return stage.api().create_user({})


@case("errors/garbage", Answer(raw=b"garbage\r\n\r\n"), differs=differs(LIBRARY, "", ours=FAILED))
def _garbage(stage: Stage) -> object:
    return stage.api().create_user({})


@case(
    "errors/truncated",
    Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"),
    differs=differs(LIBRARY, "", ours=FAILED),
)
def _truncated(stage: Stage) -> object:
    return stage.api().create_user({})


HTML = Answer(200, "OK", (("Content-Type", "text/html"),), b"<!doctype html><title>Harbor</title>")
add(
    "errors/html-for-a-user",
    lambda stage: stage.api().get_user(3),
    HTML,
    differs=differs("html-responses", "", ours={"error.type": "ApiException", "error.status": 200}),
)
add(
    "errors/html-for-users",
    lambda stage: stage.api().list_users(),
    HTML,
    differs=differs("html-responses", "", ours={"error.type": "ApiException", "error.status": 200}),
)
for label, answer in {"empty": Answer(), "empty-object": json_answer({})}.items():
    add(
        f"errors/{label}-for-a-user",
        lambda stage: stage.api().get_user(3),
        answer,
        differs=differs("strict-decoding", "", ours={"error.type": "ApiException", "error.status": 200}),
    )

# Redirects.
MOVED = (("Location", "/api/v2.0/users/4"),)
for status in (301, 302, 303, 307, 308):
    same = differs("redirects", "requests.1.headers.content-type") if status == 303 else ()
    add(
        f"errors/redirect/get-{status}",
        lambda stage: stage.api().get_user(3),
        Answer(status, "M", MOVED),
        json_answer({"user_id": 4}),
        differs=same,
    )
    add(
        f"errors/redirect/post-{status}",
        lambda stage: stage.api().create_user({"password": "Pass-Word-1"}),
        Answer(status, "M", MOVED),
        json_answer({}),
        differs=differs(
            "redirects", "", ours={"error.type": "ApiException", "error.status": status, "requests.1": NOTHING}
        ),
    )
add(
    "errors/redirect/without-location",
    lambda stage: stage.api().get_user(3),
    Answer(302, "Found"),
    differs=differs("redirects", "error.reason"),
)


@case(
    "errors/redirect/elsewhere",
    json_answer({"user_id": 4}),
    differs=differs("redirects", "", ours={"error.type": "ApiException", "error.status": 302, "requests.1": NOTHING}),
)
def _elsewhere(stage: Stage) -> object:
    other = f"http://localhost:{stage.server.port}/api/v2.0/users/4"
    stage.server.answer(Answer(302, "Found", (("Location", other),)), json_answer({"user_id": 4}))
    return stage.api().get_user(3)


# Repeats.
@case(
    "errors/repeat/put-dropped",
    Answer(hang_up=True),
    Answer(hang_up=True),
    json_answer({}),
    differs=differs("writes-once", "", ours={"error.type": "ApiException", "requests.1.method": NOTHING}),
)
def _put(stage: Stage) -> object:
    return stage.api().update_user_profile(3, {"email": "e"})


@case(
    "errors/repeat/delete-dropped",
    Answer(hang_up=True),
    Answer(),
    differs=differs("writes-once", "", ours={"error.type": "ApiException", "requests.1.method": NOTHING}),
)
def _delete(stage: Stage) -> object:
    return stage.api().delete_user(3)


add(
    "errors/repeat/get-dropped-once",
    lambda stage: stage.api().get_user(3),
    Answer(hang_up=True),
    json_answer({"user_id": 3}),
)
add(
    "errors/repeat/get-503-once",
    lambda stage: stage.api().get_user(3),
    _harbor_error(503),
    json_answer({"user_id": 3}),
    differs=differs("reads-repeated", "", ours={"error": NOTHING, "requests.1.method": "GET"}),
)
add(
    "errors/repeat/get-500-never",
    lambda stage: stage.api().get_user(3),
    _harbor_error(500),
    json_answer({"user_id": 3}),
)


# Time: the reference knows whole seconds only, and counts them from byte to byte.
LATE = Answer(200, "OK", (("Content-Type", "application/json"),), b'{"user_id": 3}', pause=0.9)
SILENT = Answer(silent=True)
DRIPPING = Answer(200, "OK", (("Content-Type", "application/json"),), b"{}" + b" " * 30, drip=0.05)
add(
    "errors/time/float",
    lambda stage: stage.api().get_user(3, _request_timeout=0.3),
    LATE,
    differs=differs("float-timeouts", "", ours={"error.type": "ApiException", "error.status": 0}),
)
add(
    "errors/time/whole-call",
    lambda stage: stage.api().get_user(3, _request_timeout=1),
    DRIPPING,
    differs=differs("one-deadline", "", ours={"error.type": "ApiException", "error.status": 0}),
)
add(
    "errors/time/seconds",
    lambda stage: stage.api().create_user({}, _request_timeout=1),
    SILENT,
    differs=differs(LIBRARY, "error", ours=FAILED),
)
add(
    "errors/time/pair",
    lambda stage: stage.api().create_user({}, _request_timeout=(0.1, 0.3)),
    SILENT,
    differs=differs(LIBRARY, "error", ours=FAILED),
)

# Answers that are not whole, or more than one.
HINTED = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
add(
    "errors/whole/early-hints",
    lambda stage: stage.api().create_user_with_http_info({})[1],
    Answer(raw=HINTED),
    differs=differs("complete-responses", "", ours={"result": 201}),
)
add(
    "errors/whole/headers-cut-off",
    lambda stage: stage.api().create_user({}),
    Answer(raw=b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n"),
    differs=differs("complete-responses", "", ours=FAILED),
)
add(
    "errors/whole/too-much",
    lambda stage: stage.api(max_response_bytes=1000).get_user(3),
    Answer(200, "OK", (("Content-Type", "application/json"),), b'{"user_id": 3}' + b" " * 5000),
    differs=differs("response-size", "", ours={"error.type": "ApiException"}),
)


# Waiting for a call in the background.
@case("errors/async/not-ready")
def _not_ready(stage: Stage) -> object:
    held = threading.Event()
    stage.server.answer(Answer(200, "OK", (("Content-Type", "application/json"),), b'{"user_id": 3}', hold=held))
    pending = stage.api().get_user(3, async_req=True)
    facts = [pending.ready(), stage.attempt(pending.successful), stage.attempt(lambda: pending.get(0.01))]
    held.set()
    pending.wait(30)
    return [*facts, pending.ready(), pending.successful(), pending.get().user_id, pending.get(timeout=1).user_id]


@case("errors/async/failed", _harbor_error(404))
def _failed(stage: Stage) -> object:
    pending = stage.api().get_user(3, async_req=True)
    pending.wait()
    first, second = stage.attempt(pending.get), stage.attempt(pending.get)
    return [pending.ready(), pending.successful(), first, first is second]


@case("errors/by-hand/of-the-last-response", json_answer({"user_id": 3}, x_request_id="r-1"))
def _of_last(stage: Stage) -> object:
    client = stage.client()
    stage.package.UserApi(client).get_user(3)
    return stage.package.rest.ApiException(http_resp=client.last_response)


@case("errors/body-as-json", _harbor_error(409, "Conflict"))
def _body_json(stage: Stage) -> object:
    error = stage.attempt(lambda: stage.api().create_user({}))
    assert isinstance(error, stage.package.rest.ApiException)
    return [json.loads(error.body)["errors"][0]["message"], error.headers["X-Request-Id"]]
