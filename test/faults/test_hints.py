"""D: each hint is given for the message that it is for, and names the setting and the variable."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import harbor_client
from harbor_client import exceptions
from harbor_client._hints import HINTS, hint_for

URL = "https://h.example/api/v2.0/users/3"
BASIC = "Basic YWRtaW46eA=="
PAGE = "<!doctype html><html><title>Harbor</title></html>"


def error(
    kind: type[exceptions.ApiException],
    status: int = 0,
    reason: str = "",
    message: str = "",
    code: str = "FORBIDDEN",
    **attributes: Any,
) -> exceptions.ApiException:
    made = kind(status, reason)
    made.method, made.url, made.outcome = "GET", URL, "answered" if status else "not_sent"
    if message:
        made.body = f'{{"errors":[{{"code":"{code}","message":"{message}"}}]}}'
    for name, value in attributes.items():
        setattr(made, name, value)
    return made


def tls(reason: str) -> exceptions.ApiException:
    return error(exceptions.TLSException, reason=f"TLS failed: [SSL: CERTIFICATE_VERIFY_FAILED] {reason} (_ssl.c:1032)")


def forbidden(message: str, **attributes: Any) -> exceptions.ApiException:
    return error(exceptions.ForbiddenException, 403, "Forbidden", message, **attributes)


E = exceptions
#: For each hint, errors with messages as Harbor, nginx, proxies and OpenSSL word them.
EXAMPLES: dict[str, list[exceptions.ApiException]] = {
    "plain-http-to-https": [
        error(E.BadRequestException, 400, body="<html>The plain HTTP request was sent to HTTPS port</html>"),
        error(E.BadRequestException, 400, body="Client sent an HTTP request to an HTTPS server.\n"),
        error(E.BadRequestException, 400, body="Reason: You're speaking plain HTTP to an SSL-enabled server port."),
    ],
    "page-without-base-path": [error(E.UnexpectedResponseException, 200, body=PAGE, url="https://h.example/users")],
    "not-harbors": [
        error(E.UnexpectedResponseException, 200, body=PAGE),
        error(E.MethodNotAllowedException, 405, body="<html><head><title>405 Not Allowed</title></head></html>"),
        error(E.ForbiddenException, 403, body="<html><title>Request blocked</title></html>"),
        error(E.UnauthorizedException, 401, body="<html><title>401 Authorization Required</title></html>"),
        error(E.UnexpectedResponseException, 404),
        error(E.NotFoundException, 404, url="https://h.example/v2/users", method="HEAD"),
        error(E.UnexpectedResponseException, 200, body='{"status": "ok"}'),
        error(E.ForbiddenException, 403, body="error code: 1020"),
        error(E.UnauthorizedException, 401, body='{"message":"No API key found in request"}'),
        error(E.ServiceException, 511, body="<html><title>Log in to the network</title></html>"),
    ],
    "csrf-without-base-path": [forbidden("CSRF token not found in request", url="https://h.example/c/users")],
    "csrf": [forbidden("CSRF token not found in request"), forbidden("CSRF token invalid")],
    "redirect-to-https": [
        error(E.RedirectException, 308, url="http://h.example/x", headers={"Location": "https://h.example/x"})
    ],
    "redirect": [
        error(E.RedirectException, 302, headers={"Location": "https://login.example"}),
        error(E.RedirectException, 302, url="http://h.example/x", headers={"Location": "https://h.example.org/x"}),
        error(E.RedirectException, 302, url="http://h.example/x", headers={"Location": "https://[h"}),
    ],
    "proxy-login": [error(E.ProxyException, 407)],
    "proxy": [
        error(E.ProxyException, reason="connecting to the proxy 127.0.0.1:3128 failed: Connection refused"),
        error(E.ProxyException, 403),
        error(E.ProxyException, 502),
        error(E.TimeoutException, reason="waiting for the proxy to connect timed out"),
        error(E.TimeoutException, reason="looking up the name of the proxy p.example:3128 timed out"),
        error(
            E.TimeoutException, reason="connecting to h.example:443 through the SOCKS proxy 127.0.0.1:1080 timed out"
        ),
    ],
    "not-http": [error(E.ProtocolException, reason="the response does not begin with an HTTP/1.x status line")],
    "unknown-authority": [
        tls("certificate verify failed: unable to get local issuer certificate"),
        tls("certificate verify failed: self-signed certificate in certificate chain"),
        tls("certificate verify failed: self signed certificate"),
    ],
    "strict-x509": [
        tls("certificate verify failed: Missing Authority Key Identifier"),
        tls("certificate verify failed: Missing Subject Key Identifier"),
        tls("certificate verify failed: Basic Constraints of CA cert not marked critical"),
        tls("certificate verify failed: CA cert does not include key usage extension"),
        tls("certificate verify failed: Path length given without key usage keyCertSign"),
        tls("certificate verify failed: Issuer name empty"),
        tls("certificate verify failed: Using cert extension requires at least X509v3"),
    ],
    "other-name": [
        tls("certificate verify failed: Hostname mismatch, certificate is not valid for 'h.example'."),
        tls("certificate verify failed: IP address mismatch, certificate is not valid for '127.0.0.1'."),
        tls("tlsv1 unrecognized name"),
    ],
    "not-valid-now": [
        tls("certificate verify failed: certificate has expired"),
        tls("certificate verify failed: certificate is not yet valid"),
    ],
    "unfit-certificate": [
        tls("certificate verify failed: EE certificate key too weak"),
        tls("certificate verify failed: unsuitable certificate purpose"),
        tls("certificate verify failed: invalid CA certificate"),
        tls("certificate verify failed: path length constraint exceeded"),
    ],
    "no-tls": [tls("wrong version number"), tls("record layer failure"), tls("http request")],
    "handshake-refused": [
        tls("tlsv13 alert certificate required"),
        tls("sslv3 alert handshake failure"),
        tls("sslv3 alert certificate expired"),
    ],
    "handshake-timeout": [error(E.TimeoutException, reason="the TLS handshake with h.example:443 timed out")],
    "connect-timeout": [
        error(E.TimeoutException, reason="connecting to proxy.example:443 timed out"),
        error(E.TimeoutException, reason="looking up the name of proxy:443 timed out"),
    ],
    "not-connected": [
        error(E.ConnectionException, reason="connecting to h.example:443 failed: Connection refused"),
        error(E.ConnectionException, reason="looking up the name of h.example:443 failed: Name or service not known"),
    ],
    "unknown-at-gateway": [
        error(E.ServiceException, status, method="PUT", outcome="unknown") for status in (500, 502, 503, 504)
    ],
    "unknown": [error(E.ConnectionException, method="DELETE", outcome="unknown")],
    "no-user-name": [error(E.UnauthorizedException, 401)],
    "no-credentials": [error(E.UnauthorizedException, 401)],
    "own-authorization": [error(E.UnauthorizedException, 401)],
    "no-password": [error(E.UnauthorizedException, 401)],
    "robot-401": [error(E.UnauthorizedException, 401)],
    "unauthorized": [error(E.UnauthorizedException, 401, "Unauthorized", "unauthorized", code="UNAUTHORIZED")],
    "anonymous-500": [error(E.ServiceException, 500, url=f"{URL}{end}") for end in ("", "/password", "/cli_secret")],
    "taken-address": [
        error(E.ServiceException, 500, message="internal server error", code="UNKNOWN", method="PUT"),
    ],
    "local-user": [error(E.ServiceException, 500, message="internal server error", code="UNKNOWN")],
    "query-type": [
        error(E.ServiceException, 500, message="internal server error", url="https://h.example/api/v2.0/users?q=a%3Db")
    ],
    "read-only": [forbidden("The system is in read only mode. Any modification is prohibited.", code="DENIED")],
    "auth-mode": [forbidden("creating local user is not allowed under auth mode: ldap_auth")],
    "self-registration": [forbidden("self-registration cannot be triggered via API")],
    "not-updatable": [forbidden("User with ID 3 can't be updated")],
    "not-deletable": [forbidden("User with ID 1 cannot be deleted")],
    "current-password": [forbidden("Current password is incorrect")],
    "robot-403": [forbidden("robot$ci"), forbidden("robot$library+ci")],
    "project": [forbidden("forbidden")],
    "administrator": [forbidden("alice"), forbidden("Ann Lee")],
    "cli-secret": [
        error(E.PreconditionFailedException, 412, message="unable to update CLI secret under authmode: db_auth")
    ],
    "robot-412": [
        error(E.PreconditionFailedException, 412, message="get current user not available for security context: robot")
    ],
    "page-size": [
        error(E.UnprocessableEntityException, 422, message="page_size in query should be less than or equal to 100")
    ],
    "taken": [error(E.ConflictException, 409, message="user a or email b already exists")],
    "rate": [error(E.TooManyRequestsException, 429)],
}
#: Username, password and Authorization field.
CREDENTIALS = {
    "no-user-name": ("", "", None),
    "no-credentials": ("admin", "x", None),
    "own-authorization": ("", "", "Bearer x"),
    "no-password": ("admin", "", BASIC),
    "robot-401": ("robot$ci", "x", BASIC),
}


def test_every_hint_has_an_example() -> None:
    assert list(EXAMPLES) == [hint.id for hint in HINTS]


@pytest.mark.parametrize("hint", HINTS, ids=lambda hint: hint.id)
def test_hint_of_a_message(hint: Any) -> None:
    for example in EXAMPLES[hint.id]:
        assert hint_for(example, *CREDENTIALS.get(hint.id, ("admin", "x", BASIC))) == hint.text


@pytest.mark.parametrize(
    "example",
    [
        error(E.NotFoundException, 404, message="user 3 not found", code="NOT_FOUND"),
        error(E.BadRequestException, 400, message="email with illegal format", code="BAD_REQUEST"),
        forbidden("Not authorized to read user: 3"),
        forbidden("Only system admin can create project"),
        error(E.ServiceException, 502),
        error(E.ConnectionException, outcome="unknown"),
        error(E.ApiException, 413, body="<html><title>413 Request Entity Too Large</title></html>"),
        error(E.ServiceException, 500, body="<html><title>500 Internal Server Error</title></html>", method="PUT"),
    ],
    ids=str,
)
def test_no_hint_where_the_message_says_it_all(example: exceptions.ApiException) -> None:
    assert hint_for(example, "admin", "x", BASIC) is None


def test_without_docstrings_a_hint_says_how_to_see_it() -> None:
    code = "from harbor_client._hints import HINTS; print({hint.text for hint in HINTS})"
    run = [sys.executable, "-OO", "-c", code]
    done = subprocess.run(run, capture_output=True, text=True, cwd=Path(harbor_client.__file__).parents[1], check=True)
    assert done.stdout.strip() == "{'Run without -OO to see a hint here.'}"
