"""What to do when a call has failed and the response itself misleads. Loaded only then."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harbor_client.models.errors import lenient_errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from harbor_client.exceptions import ApiException

_USER_PATH = re.compile(r"/users/[^/?]+(?:/password)?/?(?:\?|$)")
#: The 403 messages of Harbor that are sentences; any other one is the name of the caller.
_SENTENCES = re.compile(
    r"not allowed under auth mode|self-registration|^Not authorized|can't be updated$|cannot be deleted$"
    r"|^Current password|^CSRF token|read only mode"
)


def hint_for(error: ApiException, username: str | None) -> str | None:
    """The first hint of the table whose condition holds for an error."""
    facts = _Facts(error, username)
    for condition, hint in _TABLE:
        if condition(facts):
            return hint
    return None


def is_page(text: str, content_type: str) -> bool:
    """Whether a text is an HTML page, or markup labelled as one."""
    start = text[:1024].lstrip("\ufeff \t\r\n").lower()
    return start.startswith("<") and ("html" in content_type.lower() or "<html" in start or "<!doctype html" in start)


class _Facts:
    """What the conditions of the table look at."""

    status: int
    method: str
    url: str
    body: str
    reason: str
    kind: str
    code: str
    message: str
    location: str
    outcome: str
    username: str | None
    html: bool

    def __init__(self, error: ApiException, username: str | None) -> None:
        self.status = error.status or 0
        self.method = error.method or ""
        self.url = error.url or ""
        self.body = error.body if isinstance(error.body, str) else ""
        self.reason = (error.reason or "").lower()
        self.kind = type(error).__name__
        first = next(iter(lenient_errors(self.body)), None) if self.body else None
        self.code = (first.code if first else None) or ""
        self.message = (first.message if first else None) or ""
        self.location = str((error.headers or {}).get("Location") or "")
        self.outcome = error.outcome
        self.username = username
        self.html = is_page(self.body, str((error.headers or {}).get("Content-Type") or ""))

    @property
    def misses_base_path(self) -> bool:
        return "/api/v" not in self.url


_TABLE: list[tuple[Callable[[_Facts], bool], str]] = [
    (
        lambda f: f.html and f.misses_base_path,
        "An HTML page came back: is /api/v2.0 missing from host?",
    ),
    (
        lambda f: f.html and f.status < 300,
        (
            "An HTML page came back, so something else than Harbor's API answered: check host (it ends in /api/v2.0), "
            "and any proxy or login page in between."
        ),
    ),
    (
        lambda f: f.status == 404 and f.misses_base_path,
        "Is /api/v2.0 missing from host?",
    ),
    (
        lambda f: f.kind == "RedirectException" and f.url.startswith("http:") and f.location.startswith("https:"),
        "The server wants https: begin host with https:// (writes and credentials are not sent on after a redirect).",
    ),
    (
        lambda f: f.kind == "RedirectException",
        "Only a GET follows redirects, at most 5 and to its own origin: set host to where the server points.",
    ),
    (
        lambda f: f.kind == "ProxyException" and f.status == 407,
        "The proxy wants a user name and a password: http://user:password@proxy:port.",
    ),
    (
        lambda f: f.kind == "ProxyException",
        "The proxy stands in the way: check proxy, HTTP_PROXY and HTTPS_PROXY; NO_PROXY names hosts to reach directly.",
    ),
    (
        lambda f: (
            f.kind == "TLSException"
            and ("self-signed" in f.reason or "self signed" in f.reason or "unable to get local issuer" in f.reason)
        ),
        (
            "The server's certificate comes from an authority that is not known here: set ssl_ca_cert (HARBOR_CA_CERT) "
            "to the CA's file, or use_system_ca to True where the system knows it."
        ),
    ),
    (
        lambda f: (
            f.kind == "TLSException"
            and ("hostname mismatch" in f.reason or "ip address mismatch" in f.reason or "doesn't match" in f.reason)
        ),
        "The certificate is for another name: use the name in it as host, or assert_hostname.",
    ),
    (
        lambda f: f.kind == "TLSException" and ("expired" in f.reason or "not yet valid" in f.reason),
        "The certificate is not valid at this time: renew it, or look at this machine's clock.",
    ),
    (
        lambda f: (
            f.kind == "TLSException"
            and ("wrong version number" in f.reason or "record layer" in f.reason or "http request" in f.reason)
        ),
        "The server does not speak TLS on this port: is it http:// rather than https://?",
    ),
    (
        lambda f: f.kind == "TLSException" and "alert" in f.reason,
        (
            "The server refused the handshake: it may want a client certificate (cert_file, key_file) or another TLS "
            "version."
        ),
    ),
    (
        lambda f: f.kind == "ConnectionException" and f.outcome == "not_sent",
        "Nothing was sent: is host right, and does Harbor listen there?",
    ),
    (
        lambda f: f.status == 401 and not f.username,
        "No user name was given: set username and password.",
    ),
    (
        lambda f: f.status == 401,
        (
            "User name or password is wrong, or the account is locked for 1.5 s after a wrong password. Users of an "
            "OIDC provider cannot use the API with their password or CLI secret."
        ),
    ),
    (
        lambda f: f.status == 500 and not f.body.strip() and _USER_PATH.search(f.url) is not None,
        (
            "Harbor 2.15 and later answers callers that are not logged in like this: check username and password (a "
            "wrong password also locks the account for 1.5 s)."
        ),
    ),
    (
        lambda f: f.status == 500 and f.method == "PUT" and re.search(r"/users/[^/]+/?$", f.url) is not None,
        "Harbor answers 500 to a profile whose e-mail address another user has.",
    ),
    (
        lambda f: f.status == 500 and "/users" in f.url and "q=" in f.url,
        "Harbor answers 500 to a query whose value has the wrong type for its field.",
    ),
    (
        lambda f: f.status == 403 and "read only" in f.message,
        "Somebody has switched Harbor to read-only mode (garbage collection, maintenance): try again later.",
    ),
    (
        lambda f: f.status == 403 and f.message.startswith("CSRF"),
        "A cookie of Harbor's was sent along, which turns its CSRF checks on: send none.",
    ),
    (
        lambda f: (
            f.status == 403 and f.code == "FORBIDDEN" and bool(f.message) and _SENTENCES.search(f.message) is None
        ),
        "This needs a system administrator: the message is just the name of the caller, who is none.",
    ),
    (
        lambda f: f.status == 412 and "CLI secret" in f.message,
        "CLI secrets exist only where Harbor's authentication mode is OIDC.",
    ),
    (
        lambda f: f.status == 422 and "page_size" in f.message,
        "page_size is at most 100: read page by page, or with Users.iterate().",
    ),
    (
        lambda f: f.status == 409,
        "The user name or the e-mail address is taken (they are compared with upper and lower case apart).",
    ),
]
