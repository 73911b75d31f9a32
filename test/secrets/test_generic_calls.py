"""``call_api``, the client's lower layers and what scripts put in their places show no secret either."""

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import urllib3

import harbor_client
from harbor_client import ApiClient, ApiException, PasswordReq
from support.canaries import SHAPES, WRITINGS, Marks, caught, client, echo
from support.clients import users
from support.faultserver import FaultServer, Request, again, read_request, reply, reset, respond
from support.recorder import Hunt, all_output, assert_hidden, hunting, mark, odd_mark

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MULTIPART = {"Content-Type": "multipart/form-data"}
TEXT = {"Content-Type": "text/plain"}


def get(made: ApiClient, **what: Any) -> Any:
    """Read a path that no operation has."""
    return made.call_api("/x", "GET", **what)


def post(made: ApiClient, **what: Any) -> Any:
    """Write to it."""
    return made.call_api("/x", "POST", **what)


#: Calls with the mark ``parameter`` in a place of their own, ``it``.
CALLS: dict[str, Callable[[ApiClient, str], Any]] = {
    "query": lambda made, it: get(made, query_params=[("password", it), ("q", "a")]),
    "query of a dictionary": lambda made, it: get(made, query_params={"api_key": it}),
    "query, decoded": lambda made, it: get(made, query_params=[("token", it)], response_type="UserResp"),
    "query in the path": lambda made, it: made.call_api(f"/x?secret={quote(it, safe='')}", "GET"),
    "header": lambda made, it: get(made, header_params={"X-Vault-Token": header(it)}),
    "header, Basic": lambda made, it: get(
        made, header_params={"Authorization": f"Basic {base64.b64encode(f'a:{it}'.encode()).decode()}"}
    ),
    "header, own scheme": lambda made, it: get(
        made, header_params={"X-Auth": f"Digest user=alice, response={header(it)}"}
    ),
    "bytes in a header": lambda made, it: get(made, header_params={"X-Secret": header(it).encode("latin-1")}),
    "dictionary": lambda made, it: post(made, body={"a": [{"Password": it}]}),
    "dictionary of another part of Harbor": lambda made, it: made.call_api(
        "/x", "PUT", body={"ldap_search_password": it}
    ),
    "dictionary in a secret field": lambda made, it: post(made, body={"secret": {"a": [it]}}),
    "bytes in a field": lambda made, it: post(made, body={"secret": it.encode()}),
    "form": lambda made, it: post(made, header_params=FORM, post_params=[("password", it)]),
    "form of a dictionary": lambda made, it: post(made, header_params=FORM, post_params={"password": it}),
    "form, decoded": lambda made, it: post(
        made, header_params=FORM, post_params=[("password", it)], response_type="UserResp"
    ),
    "multipart": lambda made, it: post(made, header_params=MULTIPART, post_params=[("password", it)]),
    "JSON as text": lambda made, it: post(made, header_params=TEXT, body=json.dumps({"password": it})),
    "JSON as bytes": lambda made, it: post(made, header_params=TEXT, body=json.dumps({"password": it}).encode()),
    "form as text": lambda made, it: post(made, header_params=TEXT, body=urlencode({"password": it})),
    "in the background": lambda made, it: post(made, body={"password": it}, async_req=True).get(30),
    "request": lambda made, it: made.request(
        "POST", made.configuration.host + "/x", headers={"X-Key": header(it)}, body={"password": it}
    ),
    **{
        f"rest_client.{verb}": lambda made, it, verb=verb: getattr(made.rest_client, verb)(  # type: ignore[misc]
            made.configuration.host + "/x",
            headers={"Authorization": f"Bearer {header(it)}"},
            query_params=[("password", it)],
        )
        for verb in ("GET", "HEAD", "OPTIONS", "DELETE", "POST", "PUT", "PATCH")
    },
    "rest_client.POST of a body": lambda made, it: made.rest_client.POST(
        made.configuration.host + "/x", body={"password": it}
    ),
}


def header(secret: str) -> str:
    """As much of a mark as a header can carry."""
    return secret.encode("latin-1", "ignore").decode("latin-1").replace("\t", "")


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", CALLS)
def test_generic_calls(name: str, shape: str) -> None:
    marks = Marks.of(shape)
    failures = 0
    scripts = {
        **{writing: again(respond(echo(400, WRITINGS[writing]))) for writing in ("as it is", "JSON", "page")},
        "a page": again(respond(echo(200, lambda text: f"<html>{text}", "text/html"))),
        "reset": reset,
    }
    with hunting(marks.hunt()) as hunt:
        for what, script in scripts.items():
            with FaultServer(script) as server, client(server.url, marks) as made:
                error = caught(CALLS[name], made, marks.parameter)
                if error is not None:
                    failures += 1
                    hunt.error(f"the error after {what}", error)
    assert failures >= len(scripts) - 1


def test_a_bearer_token_in_the_place_of_a_password() -> None:
    """Without a username, a default Authorization is sent."""
    token = odd_mark("-._~+/") + "=="
    hunt = Hunt({"token": token})
    for script in (again(respond(echo(401, str))), again(respond(echo(200, str))), [read_request, reset]):
        with all_output() as output, FaultServer(script) as server, users(server, username=None) as api:
            api.api_client.set_default_header("Authorization", f"Bearer {token}")
            error = caught(api.get_user, 3)
            assert error is not None
            hunt.error("the error", error)
        assert token.encode() in server.everything()
        hunt.text("output", output)
    hunt.assert_nothing()


@pytest.mark.parametrize("place", ["header", "query"])
def test_authentication_of_a_scripts_own(place: str) -> None:
    """Scripts replace ``auth_settings``; what it says is secret under any name."""
    secret = odd_mark("-._~+/")
    hunt = Hunt({"secret": secret})
    own = {"basic": {"type": "api_key", "in": place, "key": "X-Mine", "value": secret}}
    for script in (again(respond(echo(401, str))), again(respond(echo(200, str))), [read_request, reset]):
        with all_output() as output, FaultServer(script) as server, users(server) as api:
            api.api_client.configuration.auth_settings = lambda: own  # type: ignore[method-assign]
            error = caught(api.get_user, 3)
            assert isinstance(error, ApiException)
            hunt.error("the error", error)
        assert quote(secret, safe="~") in server.requests[0].head.decode() or place == "header"
        assert secret in server.requests[0].head.decode() or place == "query"
        hunt.text("output", output)
    hunt.assert_nothing()


def test_a_basic_token_of_a_scripts_own() -> None:
    secret = mark("token")
    with FaultServer(again(respond(echo(401, str)))) as server, users(server) as api:
        api.api_client.configuration.get_basic_auth_token = lambda: f"Bearer {secret}"  # type: ignore[method-assign]
        error = caught(api.get_user, 3)
        assert error is not None
    assert_hidden(Hunt({"token": secret}), error)


class Telling(OSError):
    """As the errors of some libraries: they hold the request."""

    def __init__(self, text: str, request: str) -> None:
        super().__init__(text)
        self.request = [request]


@pytest.mark.parametrize(
    "raised",
    [
        lambda url: urllib3.exceptions.MaxRetryError(None, url),  # type: ignore[arg-type]
        lambda url: OSError(5, f"no way to {url}"),
        lambda url: OSError(f"no way to {url}", "b", "c"),
        lambda url: OSError(5, "no way", url),
        lambda url: Telling("no way", url),
        lambda url: ConnectionError(url),
        lambda url: urllib3.exceptions.SSLError(url),
    ],
)
def test_a_pool_manager_of_a_scripts_own(raised: Callable[[str], Exception]) -> None:
    """Its errors quote URLs; they are causes, and their texts are the error's."""
    marks = Marks.of("odd")

    class Own:
        def request(self, method: str, url: str, **keywords: Any) -> Any:
            try:
                raise raised(f"{url}?{urlencode(keywords.get('fields') or {})} with {keywords['headers']}")
            finally:
                url = keywords = None  # type: ignore[assignment]  # this frame is the script's own

    with hunting(marks.hunt()) as hunt, client("http://127.0.0.1:1/api/v2.0", marks) as made:
        made.rest_client.pool_manager = Own()
        error = caught(
            made.call_api, "/x", "GET", query_params=[("password", marks.parameter)], auth_settings=["basic"]
        )
        assert isinstance(error, ApiException)
        assert any(shown in str(error.__cause__) for shown in ("no way", "http:", "withheld"))
        hunt.error("the error", error)


@pytest.mark.parametrize("longer", [0, 50])
def test_a_secret_for_a_key_of_the_response(longer: int) -> None:
    """What is wrong with a response is told by the keys that lead there."""
    secret = "x" * longer + mark("k")[-30:]
    with FaultServer(again(reply({secret: "x"}))) as server, users(server, password=secret) as api:
        error = caught(api.api_client.call_api, "/x", "GET", response_type="dict(str, int)", auth_settings=["basic"])
    assert isinstance(error, harbor_client.UnexpectedResponseException)
    assert "expected integer" in str(error.__cause__)
    assert_hidden(Hunt({"secret": secret, "its beginning": secret[:30]}), error)


def test_user_information_of_a_redirect_is_not_logged() -> None:
    secret = mark("elsewhere")
    hunt = Hunt({"secret": secret})
    response = reply(b"", 302, f"Location: http://alice:{secret}@127.0.0.1:1/x")
    with all_output() as output, FaultServer(again(response)) as server, users(server) as api:
        error = caught(api.get_user, 3)
        assert isinstance(error, harbor_client.RedirectException)
        hunt.error("the error", error)
    hunt.text("output", output)
    hunt.assert_nothing()
    assert any("@" not in line and "http://127.0.0.1:1/x" in line for line in output)


def test_keys_that_are_bytes() -> None:
    secret = mark("key")
    with FaultServer(again(respond(echo(400, str)))) as server, users(server) as api:
        api.api_client.configuration.api_key["x"] = secret.encode()  # type: ignore[assignment]
        api.api_client.set_default_header("X-Mine", secret)
        error = caught(api.get_user, 3)
        assert error is not None
    assert_hidden(Hunt({"key": secret}), error)


def test_user_information_in_a_url() -> None:
    """Nothing is sent there, unless a script's own manager does it; the error shows none."""
    secret = mark("userinfo")
    hunt = Hunt({"userinfo": secret})
    url = f"http://alice:{secret}@127.0.0.1:1/x"
    with users("http://127.0.0.1:1/api/v2.0") as api:
        rest_client = api.api_client.rest_client
        for _ in range(2):
            error = caught(rest_client.GET, url)
            assert error is not None
            hunt.error("the error", error)
            rest_client.pool_manager = urllib3.PoolManager(retries=False)
            rest_client.pool_manager.request = rest_client.pool_manager.request  # counts as the script's own
    hunt.assert_nothing()
    assert isinstance(error, ApiException)
    assert error.url == "http://127.0.0.1:1/x"


def test_a_mark_declared_later_counts() -> None:
    """A field that a script's own model marks is masked in errors from then on."""
    from harbor_client.models._schema.model import Model, field

    secret, first = mark("robot"), mark("first")

    def fail(body: Any) -> BaseException | None:
        with FaultServer(again(respond(echo(400, str)))) as server, users(server) as api:
            return caught(api.api_client.call_api, "/x", "POST", body=body)

    assert fail({"password": first}) is not None  # whatever is prepared once, is prepared

    class Robot(Model):
        """A robot."""

        later_declared: str | None = field(secret=True, key="laterDeclared")

    error = fail(Robot(secret))
    assert error is not None
    assert_hidden(Hunt({"robot": secret}), error)


def test_responses_decoded_by_hand() -> None:
    """``deserialize`` and ``from_json`` are called by scripts as well."""
    secret = mark("stored")
    hunt = Hunt({"stored": secret})

    class Response:
        def __init__(self, data: Any) -> None:
            self.data = data

    row = {"oidc_user_meta": {"secret": secret}, "user_id": "3"}
    with users("http://127.0.0.1:1/api/v2.0") as api:
        for data in (json.dumps(row), json.dumps(row)[:-1], json.dumps([row]), json.dumps(row).encode() + b"\xff"):
            error = caught(lambda data=data: api.api_client.deserialize(Response(data), "UserResp"))  # type: ignore[misc]
            assert isinstance(error, ApiException)
            hunt.error(f"deserialize of {type(data)}", error)
    for values in ({"old_password": secret, "new_password": 5}, [secret], secret):
        error = caught(PasswordReq.from_json, values)
        assert isinstance(error, ValueError)
        hunt.error("from_json", error)
    for number in (object(), float("nan"), b"\xff"):
        error = caught(PasswordReq(secret, number).to_json)  # type: ignore[arg-type]
        assert isinstance(error, (ValueError, TypeError))
        hunt.error("to_json", error)
    hunt.assert_nothing()


def test_short_secrets() -> None:
    """Fewer than four characters are left in texts, which masking would destroy; not so what is made of them."""

    def response(request: Request) -> bytes:
        token = request.headers["authorization"]
        return reply(f"{token} {base64.b64decode(token[6:]).decode()} {request.body.decode()}".encode(), 400)

    with FaultServer(again(respond(response))) as server, users(server, username="me", password="abc") as api:
        error = caught(api.update_user_password, 3, PasswordReq(old_password="abc", new_password="xyz"))
    assert isinstance(error, ApiException)
    assert error.body == '*** me:abc {"old_password": "***", "new_password": "***"}'
    assert "abc" not in repr(api.api_client.configuration)


def test_a_secret_that_is_a_common_word() -> None:
    """It is masked in what the server says; status, class and outcome do not depend on texts."""
    response = reply({"errors": [{"code": "NOT_FOUND", "message": "no such user"}]}, 404)
    with FaultServer(again(response)) as server, users(server, password="user") as api:
        error = caught(api.get_user, 3)
    assert isinstance(error, harbor_client.NotFoundException)
    assert (error.code, error.message, error.outcome) == ("NOT_FOUND", "no such ***", "answered")


def test_masking_a_large_hostile_text_is_quick() -> None:
    """No text makes the search for a secret slow, whatever the secret looks like; this ends."""
    from harbor_client._privacy.masking import Masking

    secrets = ['"\\' * 9, "\\" * 19, "é" * 19, "😀\\" * 9, " %25" * 9, "&amp;" * 9, "é" * 9 + "x"]
    for secret in secrets:
        hostile = ["\\" * 9999, '\\\\"' * 9999, "\ufffd" * 9999, "%25" * 9999, "&amp;" * 9999, secret[:-1] * 99]
        hostile += ["\ufffd" * 299_999 + " x", "?\ufffdx" * 99_999]
        for text in hostile:
            Masking([secret])(text)
            Masking([secret]).body(text)
        assert Masking([secret])(f"a {secret} b") == "a *** b"


@pytest.mark.parametrize("secret", ['Pass<word>"1', '"Ä"Ö"Ü"', '!"/()=[]&#', "&#x41;&lt;%41\\n"])
@pytest.mark.parametrize("write", [WRITINGS[name] for name in ("JSON of Go", "JSON in JSON", "URL in a URL", "page")])
def test_a_text_is_withheld_in_doubt(secret: str, write: Callable[[str], str]) -> None:
    from harbor_client._privacy.masking import Masking

    mask = Masking([secret, "Password1"])
    assert "withheld" in mask(f"a {write(write(secret))} b")
    assert mask("Pass word 1: 100 % of Ä & Ö") == "Pass word 1: 100 % of Ä & Ö"


def test_a_huge_text_with_escapes_is_withheld() -> None:
    from harbor_client._privacy.masking import Masking

    mask = Masking(['Pass"word1'])
    page = "x" * (1 << 20)
    assert mask(page) == page
    assert mask(f'{page} Pass"word1') == f"{page} ***"
    assert "word1" not in mask(f"{page} Pass&quot;word1")


def test_a_very_long_secret_is_masked_at_once() -> None:
    from harbor_client._privacy.masking import Masking

    secret = "".join(f'{mark("a")}"\\é<' for _ in range(999))
    hunt = Hunt({"secret": secret})
    mask = Masking([secret])
    for writing in ("as it is", "JSON", "JSON of Go", "URL", "page", "Python"):
        text = mask(f"a {WRITINGS[writing](secret)} b")
        assert (text.startswith("a ") and text.endswith(" b")) or "withheld" in text
        hunt.text(writing, text)
    hunt.assert_nothing()


def test_what_is_never_sent_is_masked_in_the_errors_of_others() -> None:
    """The password of a key, and user information in a URL, together and decoded."""
    key, login = mark("key"), odd_mark("%/")
    hunt = Hunt({"key": key, "login": login})

    class Own:
        def request(self, method: str, url: str, **keywords: Any) -> Any:
            del url, keywords
            raise OSError(f"no use of {key}, {login}, {quote(login, safe='')}")

    with users("http://127.0.0.1:1/api/v2.0", key_password=key) as api:
        api.api_client.rest_client.pool_manager = Own()
        error = caught(api.api_client.rest_client.GET, f"http://alice:{quote(login, safe='')}@127.0.0.1:1/x")
        assert isinstance(error, ApiException)
        assert "no use" in str(error.reason)
        hunt.error("the error", error)
    hunt.assert_nothing()


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        ("Pass\ud800word1", "Pass\ufffdword1"),
        ("Pass\ud800word1", "Pass\ufffd\ufffd\ufffdword1"),
        ("Pass\ud800word1", "Pass\\ufffdword1"),
        ("Pässword1", "P\ufffdssword1"),
        ("Pässword1", "P?ssword1"),
        ("Pässword1", "P\\xc3\\xa4ssword1"),
        ("Pässword1", "P&auml;ssword1"),
        ('Pass"word1', base64.b64encode(b'{"password":"Pass\\"word1"}').decode()[18:32]),
    ],
)
def test_what_becomes_of_a_secret_is_masked(secret: str, text: str) -> None:
    from harbor_client._privacy.masking import Masking

    masked = Masking([secret])(f"a {text} b")
    assert masked == "a *** b" or "withheld" in masked
    assert Masking(["Password1"])("a Pass\ufffdword1 b") == "a Pass\ufffdword1 b"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Cookie", "theme=dark; session=Canary11"),
        ("Authorization", 'Digest realm="x", response="Canary11"'),
        ("Authorization", "Bearer Canary11=="),
        ("X-Api-Key", "Canary11"),
        ("Authorization", b"Token Canary11"),
        ("Authorization", f"Basic {base64.b64encode(b'me:Canary11').decode()}"),
    ],
)
def test_parts_of_a_header_field_are_secrets_of_their_own(name: str, value: str | bytes) -> None:
    from harbor_client._privacy.masking import in_headers

    assert "Canary11" in set(in_headers({"Accept": "x=Canary12", name: value}))
    assert "Canary12" not in set(in_headers({"Accept": "x=Canary12", name: value}))


@pytest.mark.parametrize("lead", ["", "x", "xy"])
@pytest.mark.parametrize("secret", ["Canary-1-Password", 'Canary"1"Password', "Canary>?>?Pässword"])
def test_a_secret_is_masked_to_the_last_letter_of_its_base64(secret: str, lead: str) -> None:
    """Wherever it begins; what is left are the letters that it shares with what stands before and behind it."""
    from harbor_client._privacy.masking import Masking

    for inner in (secret, json.dumps(secret)[1:-1]):
        raw = f"{lead}{inner}".encode()
        first, last = -(-len(lead) * 8 // 6), len(raw) * 8 // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            text = encode(raw + b" and more").decode()
            assert Masking([secret])(text) == f"{text[:first]}***{text[last:]}"


@pytest.mark.parametrize(
    "write",
    [
        str,
        lambda secret: json.dumps(secret)[1:-1],
        lambda secret: json.dumps(secret, ensure_ascii=False)[1:-1],
        lambda secret: quote(secret, safe=""),
    ],
)
def test_a_very_long_secret_is_masked_as_a_whole(write: Callable[[str], str]) -> None:
    from harbor_client._privacy.masking import Masking

    secret = 'Ca"é<b>' * 99
    assert Masking([secret])(f"a {write(secret)} b") == "a *** b"


def test_what_cannot_be_read_is_no_obstacle() -> None:
    from harbor_client._privacy.masking import in_body, in_headers

    for token in ("a", "/w==", "", "é"):
        assert token.rstrip("=") in set(in_headers({"Authorization": f"Basic {token}"}))
    assert list(in_body("name=x&password=Canary11")) == ["Canary11"]
    assert list(in_body(b'{"password": "Canary11"}')) == ["Canary11"]
    assert not list(in_body(b"\xff"))


@pytest.mark.parametrize("verb", ["GET", "HEAD", "POST", "PUT", "PATCH", "OPTIONS", "DELETE"])
def test_each_verb_of_the_old_clients_rest_layer(verb: str) -> None:
    secret = mark("header")
    hunt = Hunt({"header": secret})
    with users("http://127.0.0.1:1/api/v2.0", retries=0) as api:
        rest_client = api.api_client.rest_client
        headers = {"Authorization": f"Bearer {secret}"}
        hunt.error(verb, caught(getattr(rest_client, verb), "http://127.0.0.1:1/x", headers=headers))
    hunt.assert_nothing()
