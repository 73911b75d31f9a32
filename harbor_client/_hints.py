"""What to do when a call has failed and the response itself does not say. Loaded only then."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from harbor_client.models.errors import lenient_errors

if TYPE_CHECKING:
    from harbor_client.exceptions import ApiException

_USER_PATH = re.compile(r"/users/[^/?]+(?:/password)?/?(?:\?|$)")
#: Harbor's 403 messages that are sentences; any other message is the name of the caller.
_SENTENCES = re.compile(
    r"not allowed under auth mode|self-registration|^Not authorized|can't be updated$|cannot be deleted$"
    r"|^Current password|^CSRF token|read only mode"
)
_UNKNOWN_CA = re.compile(r"self-signed|self signed|unable to get (?:local )?issuer")
_STRICT = re.compile(r"key identifier|basic constraints|key usage|pathlen|serial number|empty (?:subject|issuer)")
_WRONG_NAME = re.compile(r"hostname mismatch|ip address mismatch|doesn't match")
_NO_TLS = re.compile(r"wrong version number|record layer|http request|unknown protocol|packet length too long")


def hint_for(error: ApiException, username: str | None = None, password: str | None = None) -> str | None:
    """The text of the first hint in :data:`HINTS` whose condition holds for an error.

    Args:
        error: the error.
        username: the configured user name.
        password: the configured password.
    """
    facts = _Facts(error, username, password)
    for hint in HINTS:
        if hint.condition(facts):
            return hint.text
    return None


def is_page(text: str, content_type: str) -> bool:
    """Whether a text is an HTML page, or markup labelled as one."""
    start = text[:1024].lstrip("\ufeff \t\r\n").lower()
    return start.startswith("<") and ("html" in content_type.lower() or "<html" in start or "<!doctype html" in start)


class _Facts:
    """What the conditions look at."""

    def __init__(self, error: ApiException, username: str | None, password: str | None) -> None:
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
        self.password = password
        self.is_page = is_page(self.body, str((error.headers or {}).get("Content-Type") or ""))
        self.lacks_base_path = "/api/v" not in self.url
        self.is_write = self.method not in ("", "GET", "HEAD", "OPTIONS")


class Hint(NamedTuple):
    """A situation and what to do in it.

    Attributes:
        id: a short name, by which documentation and tests refer to it.
        condition: whether an error shows the situation.
        text: what to do.
    """

    id: str
    condition: Callable[[_Facts], bool]
    text: str


def _tls(pattern: re.Pattern[str]) -> Callable[[_Facts], bool]:
    return lambda f: f.kind == "TLSException" and pattern.search(f.reason) is not None


def _forbidden(text: str) -> Callable[[_Facts], bool]:
    return lambda f: f.status == 403 and text in f.message


#: In this order: the first one whose condition holds is given.
HINTS: list[Hint] = [
    Hint(
        "plain-http-to-https",
        lambda f: (
            f.status == 400
            and re.search(r"plain HTTP request was sent to HTTPS|HTTP request to an HTTPS", f.body) is not None
        ),
        "The server expects TLS on this port: begin host (HARBOR_URL) with https://.",
    ),
    Hint(
        "page-without-base-path",
        lambda f: f.is_page and f.lacks_base_path,
        "The response is an HTML page: end host (HARBOR_URL) with /api/v2.0.",
    ),
    Hint(
        "page",
        lambda f: f.is_page and (f.status < 300 or f.status in (404, 405)),
        "The response is an HTML page, so something other than Harbor's API sent it: check that host (HARBOR_URL) is "
        "Harbor's address and ends with /api/v2.0, and look for a proxy or login page in between.",
    ),
    Hint(
        "not-harbors-404",
        lambda f: f.status == 404 and (f.lacks_base_path or f.kind == "UnexpectedResponseException"),
        "This 404 does not come from Harbor's API: check that host (HARBOR_URL) is Harbor's address and ends with "
        "/api/v2.0.",
    ),
    Hint(
        "not-harbors-content",
        lambda f: f.kind == "UnexpectedResponseException" and f.status < 300,
        "Something other than Harbor's API may have sent this response: check that host (HARBOR_URL) is Harbor's "
        "address and ends with /api/v2.0.",
    ),
    Hint(
        "csrf-without-base-path",
        lambda f: f.status == 403 and f.message.startswith("CSRF") and f.lacks_base_path,
        "The request went to Harbor's web interface rather than its API: end host (HARBOR_URL) with /api/v2.0.",
    ),
    Hint(
        "csrf",
        lambda f: f.status == 403 and f.message.startswith("CSRF"),
        "A cookie was sent, and Harbor requires a CSRF token then: remove cookie= and any Cookie header.",
    ),
    Hint(
        "redirect-to-https",
        lambda f: f.kind == "RedirectException" and f.url.startswith("http:") and f.location.startswith("https:"),
        "The server requires https: begin host (HARBOR_URL) with https://. Writes and credentials do not follow "
        "redirects.",
    ),
    Hint(
        "redirect",
        lambda f: f.kind == "RedirectException",
        "Only a GET follows redirects, at most 5 and to its own origin: set host (HARBOR_URL) to where the server "
        "points.",
    ),
    Hint(
        "proxy-login",
        lambda f: f.kind == "ProxyException" and f.status == 407,
        "The proxy requires a user name and a password: put them into proxy or HTTPS_PROXY, as in "
        "http://user:password@proxy:port.",
    ),
    Hint(
        "proxy",
        lambda f: f.kind == "ProxyException",
        "Check proxy or HTTPS_PROXY and HTTP_PROXY; list the host in NO_PROXY to reach it directly.",
    ),
    Hint(
        "unknown-authority",
        _tls(_UNKNOWN_CA),
        "The authority that signed the server's certificate is not trusted: set ssl_ca_cert (HARBOR_CA_CERT) to its "
        "PEM file, or use_system_ca to True (HARBOR_USE_SYSTEM_CA=true) if the system trusts it.",
    ),
    Hint(
        "strict-x509",
        _tls(_STRICT),
        "The certificate violates RFC 5280, which Python 3.13 and later check: have it reissued, or set "
        "verify_x509_strict to False (HARBOR_VERIFY_X509_STRICT=false).",
    ),
    Hint(
        "other-name",
        _tls(_WRONG_NAME),
        "The certificate is for another name: use the name in it in host (HARBOR_URL), or set assert_hostname to it.",
    ),
    Hint(
        "not-valid-now",
        _tls(re.compile("expired|not yet valid")),
        "The certificate is not valid at this time: renew it, or check this machine's clock.",
    ),
    Hint(
        "no-tls",
        _tls(_NO_TLS),
        "The server does not speak TLS on this port: correct the port in host (HARBOR_URL), or begin it with http://.",
    ),
    Hint(
        "handshake-refused",
        _tls(re.compile("alert|no shared cipher|unsupported protocol|version")),
        "The server refused the handshake: it may require a client certificate (cert_file, key_file) or another TLS "
        "version.",
    ),
    Hint(
        "handshake-timeout",
        lambda f: f.kind == "TimeoutException" and "tls handshake" in f.reason,
        "Nothing speaks TLS on this port: correct the port in host (HARBOR_URL), or begin it with http:// if the "
        "server does not use TLS.",
    ),
    Hint(
        "connect-timeout",
        lambda f: f.kind == "TimeoutException" and f.outcome == "not_sent",
        "Nothing was sent: check host (HARBOR_URL), and whether a firewall is in between; connect_timeout is how long"
        " to wait.",
    ),
    Hint(
        "not-connected",
        lambda f: f.kind == "ConnectionException" and f.outcome == "not_sent",
        "Nothing was sent: check that host (HARBOR_URL) is right and that Harbor is running there.",
    ),
    Hint(
        "unknown-at-gateway",
        lambda f: f.is_write and f.outcome == "unknown" and bool(f.status),
        "A gateway in front of Harbor sent this response, and Harbor may have carried the request out: look before "
        "you send it again.",
    ),
    Hint(
        "unknown",
        lambda f: f.is_write and f.outcome == "unknown",
        "Harbor may have carried the request out: look before you send it again.",
    ),
    Hint(
        "no-user-name",
        lambda f: f.status == 401 and not f.username,
        "No user name was given: set username and password (HARBOR_USERNAME and HARBOR_PASSWORD).",
    ),
    Hint(
        "no-password",
        lambda f: f.status == 401 and not f.password,
        "No password was given: set password (HARBOR_PASSWORD or HARBOR_PASSWORD_FILE).",
    ),
    Hint(
        "robot-401",
        lambda f: f.status == 401 and (f.username or "").startswith("robot$"),
        "The robot account's name or secret is wrong, or it is disabled or expired: set username (HARBOR_USERNAME) to"
        " its full name and password (HARBOR_PASSWORD) to its secret.",
    ),
    Hint(
        "unauthorized",
        lambda f: f.status == 401,
        "The user name or password is wrong, or the account is locked for 1.5 s after a wrong password: check "
        "username and password (HARBOR_USERNAME and HARBOR_PASSWORD). Users of an OIDC provider cannot use the API "
        "with their password or CLI secret.",
    ),
    Hint(
        "anonymous-500",
        lambda f: f.status == 500 and not f.body.strip() and _USER_PATH.search(f.url) is not None,
        "Harbor 2.15 and later respond like this to callers who are not authenticated: check username and password "
        "(HARBOR_USERNAME and HARBOR_PASSWORD). A wrong password locks the account for 1.5 s.",
    ),
    Hint(
        "taken-address",
        lambda f: f.status == 500 and f.method == "PUT" and re.search(r"/users/[^/]+/?$", f.url) is not None,
        "Harbor responds with 500 if another user has this e-mail address: choose another.",
    ),
    Hint(
        "query-type",
        lambda f: f.status == 500 and "/users" in f.url and "q=" in f.url,
        "Harbor responds with 500 if a value in q has the wrong type for its field, such as user_id=abc: correct it.",
    ),
    Hint(
        "read-only",
        _forbidden("read only"),
        "Harbor is in read-only mode (garbage collection or maintenance): try again later, or have an administrator "
        "switch it off.",
    ),
    Hint(
        "auth-mode",
        _forbidden("under auth mode"),
        "Harbor gets its users from LDAP, OIDC or another provider: create them there. They appear in Harbor when "
        "they first log in.",
    ),
    Hint(
        "self-registration",
        _forbidden("self-registration"),
        "Users are created by accounts with that right only: check username (HARBOR_USERNAME).",
    ),
    Hint(
        "not-updatable",
        _forbidden("can't be updated"),
        "Where Harbor gets its users from LDAP or OIDC, their profile and password are changed there. Otherwise the "
        "caller lacks the right to change this user.",
    ),
    Hint(
        "not-deletable",
        _forbidden("cannot be deleted"),
        "Nobody can delete the user with id 1, or their own account: use another account.",
    ),
    Hint(
        "current-password",
        _forbidden("Current password"),
        "Users who change their own password have to give the current one: set old_password.",
    ),
    Hint(
        "robot-403",
        lambda f: f.status == 403 and f.message.startswith("robot$"),
        "The robot account lacks a permission: have a system administrator grant it on the users, or call as a system"
        " administrator.",
    ),
    Hint(
        "administrator",
        lambda f: f.status == 403 and f.code == "FORBIDDEN" and bool(f.message) and not _SENTENCES.search(f.message),
        "Requires a system administrator; Harbor's message contains only the caller's name. Set username "
        "(HARBOR_USERNAME) to one.",
    ),
    Hint(
        "cli-secret",
        lambda f: f.status == 412 and "CLI secret" in f.message,
        "CLI secrets exist only where Harbor's authentication mode is OIDC: elsewhere, use the password.",
    ),
    Hint(
        "robot-412",
        lambda f: f.status == 412 and "robot" in f.message,
        "A robot account is not a user: call this as a user.",
    ),
    Hint(
        "page-size",
        lambda f: f.status == 422 and "page_size" in f.message,
        "page_size is at most 100: read page by page, or with Users.iterate().",
    ),
    Hint(
        "taken",
        lambda f: f.status == 409,
        "Another user has this user name or e-mail address, in just these upper- and lower-case letters: choose "
        "another, or use Users.ensure.",
    ),
    Hint(
        "rate",
        lambda f: f.status == 429,
        "Something in front of Harbor limits the rate of requests: send fewer at a time.",
    ),
]
