"""What to do when a call has failed and the response itself does not say. To add a hint, see :func:`_hint`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from harbor_client.exceptions import ApiException

#: Statuses with which a gateway refuses a request by its size, its slowness or the number of requests.
_OF_GATEWAYS = (408, 413, 414, 429, 431)
#: A URL, and another one with the same host and https.
_TO_HTTPS = re.compile(r"http://(\[[^\]]*\]|[^:/?#]+)\S* https://\1(?:[:/?#]|$)", re.IGNORECASE)
#: Harbor's 403 messages that are sentences; any other message is the name of the caller.
_SENTENCES = re.compile(
    r"not allowed under auth mode|self-registration|^Not authorized|can't be updated$|cannot be deleted$"
    r"|^Current password|^CSRF token|read only mode|^forbidden$|^Only system "
)


def hint_for(error: ApiException, username: str | None, password: str | None, authorization: str | None) -> str | None:
    """The text of the first hint in :data:`HINTS` whose condition holds for an error.

    Args:
        error: the error.
        username: the configured username.
        password: the configured password.
        authorization: the ``Authorization`` field that was sent.
    """
    facts = _Facts(error, username or "", password, authorization or "")
    return next((hint.text for hint in HINTS if hint.status in (None, facts.status) and hint.condition(facts)), None)


def is_page(text: str, content_type: str) -> bool:
    """Whether a text is an HTML page, or markup labelled as one."""
    start = text[:1024].lstrip("\ufeff \t\r\n").lower()
    return start.startswith("<") and ("html" in content_type.lower() or "<html" in start or "<!doctype html" in start)


class _Facts:
    """What the conditions look at."""

    def __init__(self, error: ApiException, username: str, password: str | None, authorization: str) -> None:
        self.status = error.status or 0
        self.method = error.method or ""
        self.url = error.url or ""
        self.body = error.body if isinstance(error.body, str) else ""
        self.reason = (error.reason or "").lower()
        self.kind = type(error).__name__
        self.tls = self.reason if self.kind == "TLSException" else ""
        self.code = error.code or ""
        self.message = error.message or ""
        self.headers = error.headers or {}
        self.outcome = error.outcome
        self.username = username
        self.password = password or ""
        self.authorization = authorization
        self.is_page = "<" in self.body and is_page(self.body, str(self.headers.get("Content-Type") or ""))
        self.lacks_base_path = "/api/v" not in self.url


_Condition = Callable[[_Facts], bool | None]


class Hint(NamedTuple):
    """A situation and what to do in it.

    Attributes:
        id: a short name, by which documentation and tests refer to it.
        status: the status that it is for: 0 if there is no response, ``None`` for any.
        condition: whether an error shows the situation.
        text: what to do.
    """

    id: str
    status: int | None
    condition: Callable[[_Facts], bool]
    text: str


#: In this order: the first one whose condition holds is given.
HINTS: list[Hint] = []


def _hint(status: int | None = None, **patterns: str) -> Callable[[_Condition], _Condition]:
    """Add a hint: the function's docstring is its text, and the function's name its id.

    The hint applies if the status is ``status``, each fact that is named matches its pattern, and the function does
    not return ``False``. What is not given is not checked.
    """

    def add(function: _Condition) -> _Condition:
        def condition(f: _Facts) -> bool:
            fits = all(re.search(pattern, getattr(f, fact)) for fact, pattern in patterns.items())
            return fits and function(f) is not False

        text = " ".join((function.__doc__ or "Run without -OO to see a hint here.").split())
        HINTS.append(Hint(function.__name__.replace("_", "-"), status, condition, text))
        return function

    return add


@_hint(400, body="plain HTTP (request was sent to HTTPS|to an SSL)|HTTP request to an HTTPS")
def plain_http_to_https(f: _Facts) -> None:
    """The server expects TLS on this port: begin host (HARBOR_URL) with https://."""


@_hint()
def page_without_base_path(f: _Facts) -> bool:
    """The response is an HTML page: end host (HARBOR_URL) with /api/v2.0."""
    return f.is_page and f.lacks_base_path and f.outcome != "unknown"


@_hint()
def not_harbors(f: _Facts) -> bool:
    """Something other than Harbor's API seems to have sent this response: check that host (HARBOR_URL) is Harbor's
    address and ends with /api/v2.0, and look for a proxy or login page in between."""
    is_foreign = f.is_page or f.kind == "UnexpectedResponseException" or (f.status == 404 and f.lacks_base_path)
    is_foreign = is_foreign or (f.status in (401, 403) and not f.code and bool(f.body.strip()))
    return is_foreign and (f.status // 100 in (2, 4) or f.status == 511) and f.status not in _OF_GATEWAYS


@_hint(403, message="CSRF")
def csrf_without_base_path(f: _Facts) -> bool:
    """The request went to Harbor's web interface rather than its API: end host (HARBOR_URL) with /api/v2.0."""
    return f.lacks_base_path


@_hint(403, message="CSRF")
def csrf(f: _Facts) -> None:
    """A cookie was sent, and Harbor requires a CSRF token then: remove cookie= and any Cookie header."""


@_hint()
def redirect_to_https(f: _Facts) -> bool:
    """The server requires https: begin host (HARBOR_URL) with https://. Writes and credentials do not follow
    redirects."""
    return f.kind == "RedirectException" and _TO_HTTPS.match(f"{f.url} {f.headers.get('Location')}") is not None


@_hint(kind="RedirectException")
def redirect(f: _Facts) -> None:
    """Only a GET follows redirects, at most 5 and to its own origin: set host (HARBOR_URL) to where the server points.
    If that is a login page, something in front of Harbor requires a login."""


@_hint(407, kind="ProxyException")
def proxy_login(f: _Facts) -> None:
    """The proxy requires a username and a password: put them into proxy or HTTPS_PROXY, as in
    http://user:password@proxy:port."""


@_hint()
def proxy(f: _Facts) -> bool:
    """Check proxy or HTTPS_PROXY, HTTP_PROXY and ALL_PROXY; list the host in NO_PROXY to reach it directly."""
    return f.kind == "ProxyException" or (f.kind == "TimeoutException" and " proxy " in f.reason)


@_hint(kind="ProtocolException", reason="status line")
def not_http(f: _Facts) -> None:
    """Nothing speaks HTTP on this port: correct the port in host (HARBOR_URL), or begin it with https:// if the server
    uses TLS."""


@_hint(0, tls="self-signed|self signed|unable to get (?:local )?issuer")
def unknown_authority(f: _Facts) -> None:
    """The authority that signed the server's certificate is not trusted: set ssl_ca_cert (HARBOR_CA_CERT) to its PEM
    file, or use_system_ca to True (HARBOR_USE_SYSTEM_CA=true) if the system trusts it."""


@_hint(0, tls="key identifier|basic constraints|key usage|path length (?:invalid|given)|(name|subject) empty|x509v3")
def strict_x509(f: _Facts) -> None:
    """The certificate violates RFC 5280, which Python 3.13 and later check: have it reissued, or set
    verify_x509_strict to False (HARBOR_VERIFY_X509_STRICT=false)."""


@_hint(0, tls="hostname mismatch|ip address mismatch|doesn't match|unrecognized name")
def other_name(f: _Facts) -> None:
    """The certificate is for another name: use the name in it in host (HARBOR_URL), or set assert_hostname to it."""


@_hint(0, tls="has expired|not yet valid")
def not_valid_now(f: _Facts) -> None:
    """The certificate is not valid at this time: renew it, or check this machine's clock."""


@_hint(0, tls="certificate verify failed")
def unfit_certificate(f: _Facts) -> None:
    """The certificate, or that of the authority that signed it, is unfit for the reason given: have it reissued."""


@_hint(0, tls="wrong version number|record layer|http request|unknown protocol|packet length too long")
def no_tls(f: _Facts) -> None:
    """The server does not speak TLS on this port: correct the port in host (HARBOR_URL), or begin it with http://."""


@_hint(0, tls="alert|no shared cipher|unsupported protocol|version")
def handshake_refused(f: _Facts) -> None:
    """The server refused the handshake: it may require a valid client certificate (cert_file, key_file) or another TLS
    version."""


@_hint(0, kind="TimeoutException", reason="tls handshake")
def handshake_timeout(f: _Facts) -> None:
    """Nothing speaks TLS on this port: correct the port in host (HARBOR_URL), or begin it with http:// if the server
    does not use TLS."""


@_hint(0, kind="TimeoutException", outcome="not_sent")
def connect_timeout(f: _Facts) -> None:
    """Nothing was sent: check host (HARBOR_URL), and whether a firewall is in between; connect_timeout is how long to
    wait."""


@_hint(0, kind="^ConnectionException", outcome="not_sent")
def not_connected(f: _Facts) -> None:
    """Nothing was sent: check that host (HARBOR_URL) is right and that Harbor is running there."""


@_hint()
def unknown_at_gateway(f: _Facts) -> bool:
    """A gateway in front of Harbor sent this response, and Harbor may have carried the request out: look before you
    send it again."""
    return f.outcome == "unknown" and f.status > 0  # which is never so for a read


@_hint(outcome="unknown", method="POST|PUT|PATCH|DELETE")
def unknown(f: _Facts) -> None:
    """Harbor may have carried the request out: look before you send it again."""


@_hint(401, username="^$", authorization="^$")
def no_user_name(f: _Facts) -> None:
    """No username was given: set username and password (HARBOR_USERNAME and HARBOR_PASSWORD)."""


@_hint(401, authorization="^$")
def no_credentials(f: _Facts) -> None:
    """No credentials were sent: pass auth_settings=["basic"] to call_api, or use ApiClient.call."""


@_hint(401)
def own_authorization(f: _Facts) -> bool:
    """Harbor does not accept the Authorization header field that the script sends: correct it, or set username and
    password (HARBOR_USERNAME and HARBOR_PASSWORD) instead."""
    return not f.username or not f.authorization.lower().startswith("basic ")


@_hint(401, password="^$")
def no_password(f: _Facts) -> None:
    """No password was given: set password (HARBOR_PASSWORD or HARBOR_PASSWORD_FILE)."""


@_hint(401, username=r"^robot\$")
def robot_401(f: _Facts) -> None:
    """The robot account's name or secret is wrong, or it is disabled or expired: set username (HARBOR_USERNAME) to its
    full name and password (HARBOR_PASSWORD) to its secret."""


@_hint(401)
def unauthorized(f: _Facts) -> None:
    """The username or password is wrong, or the account is locked for 1.5 s after a wrong password: check username
    and password (HARBOR_USERNAME and HARBOR_PASSWORD). Users of an OIDC provider cannot use the API with their
    password or CLI secret."""


@_hint(500, body=r"^\s*$", url=r"/users/[^/?]+(?:/password|/cli_secret)?/?(?:\?|$)")
def anonymous_500(f: _Facts) -> bool:
    """Harbor 2.15 and later respond like this to callers who are not authenticated: check username and password
    (HARBOR_USERNAME and HARBOR_PASSWORD). A wrong password locks the account for 1.5 s."""
    return "cannot be read" not in f.reason


@_hint(500, method="PUT", code=".", url="/users/[^/]+/?$")
def taken_address(f: _Facts) -> None:
    """Harbor responds with 500 if another user has this email address: choose another."""


@_hint(500, method="GET", code=".", url=r"/users/\d+/?$")
def local_user(f: _Facts) -> None:
    """Where users come from OIDC, Harbor responds like this for a user of its own database: read the user with
    Users.get."""


@_hint(500, code=".", url="/users.*q=")
def query_type(f: _Facts) -> None:
    """Harbor responds with 500 if a value in q has the wrong type for its field, such as user_id=abc: correct it."""


@_hint(403, message="read only")
def read_only(f: _Facts) -> None:
    """Harbor is in read-only mode (garbage collection or maintenance): try again later, or have an administrator
    switch it off."""


@_hint(403, message="under auth mode")
def auth_mode(f: _Facts) -> None:
    """Harbor gets its users from LDAP, OIDC or another provider: create them there. They appear in Harbor when they
    first log in."""


@_hint(403, message="self-registration")
def self_registration(f: _Facts) -> None:
    """Users are created by accounts with that right only: check username (HARBOR_USERNAME)."""


@_hint(403, message="can't be updated")
def not_updatable(f: _Facts) -> None:
    """Where Harbor gets its users from LDAP or OIDC, their profile and password are changed there. Otherwise the
    caller lacks the right to change this user."""


@_hint(403, message="cannot be deleted")
def not_deletable(f: _Facts) -> None:
    """Nobody can delete the user with ID 1, or their own account: use another account."""


@_hint(403, message="Current password")
def current_password(f: _Facts) -> None:
    """Users who change their own password have to give the current one: set old_password."""


@_hint(403, message=r"robot\$")
def robot_403(f: _Facts) -> None:
    """The robot account lacks a permission: have a system administrator grant it on the users, or call as a system
    administrator."""


@_hint(403, message="^forbidden$")
def project(f: _Facts) -> None:
    """The caller's role in the project does not allow this, or there is no such project: call as a system
    administrator, or have the project's administrator do it."""


@_hint(403)
def administrator(f: _Facts) -> bool:
    """Requires a system administrator; Harbor's message contains only the caller's name. Set username
    (HARBOR_USERNAME) to one."""
    return f.code == "FORBIDDEN" and bool(f.message) and not _SENTENCES.search(f.message)


@_hint(412, message="CLI secret")
def cli_secret(f: _Facts) -> None:
    """CLI secrets exist only where Harbor's authentication mode is OIDC: elsewhere, use the password."""


@_hint(412, message="robot")
def robot_412(f: _Facts) -> None:
    """A robot account is not a user: call this as a user."""


@_hint(422, message="page_size")
def page_size(f: _Facts) -> None:
    """page_size is at most 100: read page by page, or with Users.iterate()."""


@_hint(409)
def taken(f: _Facts) -> None:
    """Another user has this username or email address, in the same letter case: choose another,
    or use Users.ensure."""


@_hint(429)
def rate(f: _Facts) -> None:
    """Something in front of Harbor limits the rate of requests: send fewer at a time."""
