"""What can go wrong with a call, as a tree.

::

    ApiException                        every failure of a call
    ├── ConnectionException             no complete response arrived
    │   ├── TimeoutException            the deadline passed
    │   ├── TLSException                the certificate or the handshake
    │   ├── ProxyException              the proxy refused or could not be reached
    │   └── ProtocolException           what arrived is not a well-formed HTTP response
    ├── UnexpectedResponseException     not what the API says: content of a 2xx, or a 404 that is not Harbor's
    ├── RedirectException               3xx, not followed
    ├── BadRequestException             400
    ├── UnauthorizedException           401
    ├── ForbiddenException              403
    │   └── NoLocalUsersException       users come from OIDC or LDAP
    ├── NotFoundException               404
    ├── MethodNotAllowedException       405
    ├── ConflictException               409
    │   ├── UsernameTakenException
    │   └── EmailTakenException
    ├── PreconditionFailedException     412
    ├── UnprocessableEntityException    422
    ├── TooManyRequestsException        429
    └── ServiceException                5xx

    ApplyError                          rows of a run of ``Users.apply`` failed
    ValueError
    └── RowError                        a row that cannot be carried out as it stands

Wrong arguments and wrong settings are ``ValueError`` or ``TypeError`` and are raised before anything is sent.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

if TYPE_CHECKING:
    from harbor_client.models import Error
else:
    Error = Any  # the models are not loaded for the sake of a hint

Outcome = Literal["not_sent", "unknown", "answered"]

#: How much of an error's body and of Harbor's message ``str(error)`` quotes, in characters.
QUOTED_BODY = 8192
QUOTED_MESSAGE = 300


class ApiException(Exception):
    """A failed call; the base class of all its kinds.

    Attributes:
        status: the HTTP status; 0 if there was no complete response.
        reason: the response's reason phrase, or what happened in words.
        body: the response's body as text, or ``None``. Credentials of this client that the server repeated in it are
            masked.
        headers: the response's headers (case-insensitive), or ``None``.
        method: the HTTP method of the request.
        url: the URL of the request, without credentials.
        request_id: the ``X-Request-Id`` of the response, otherwise the one that was sent.
        outcome: ``"not_sent"`` (no byte was sent), ``"answered"`` (Harbor responded), or ``"unknown"`` (it may or may
            not have been carried out: check before you send it again).
        hint: what to do, if the response itself does not say, otherwise ``None``.
    """

    _by_status: ClassVar["dict[int, type[ApiException]]"] = {}

    def __init_subclass__(cls, status: int | None = None) -> None:
        super().__init_subclass__()
        if status is not None:
            cls._by_status[status] = cls

    def __init__(self, status: int | None = None, reason: str | None = None, http_resp: Any = None) -> None:
        super().__init__(status, reason)
        self.status: int | None = http_resp.status if http_resp else status
        self.reason: str | None = http_resp.reason if http_resp else reason
        self.body: Any = http_resp.data if http_resp else None
        self.headers: Mapping[str, str] | None = http_resp.getheaders() if http_resp else None
        self.method: str | None = None
        self.url: str | None = None
        self.request_id: str | None = None
        self.outcome: Outcome = "answered" if self.status else "unknown"
        self.hint: str | None = None

    @property
    def errors(self) -> Sequence[Error]:
        """All errors that Harbor put into the body (``{"errors": [...]}``); empty if there are none."""
        from harbor_client.models.errors import lenient_errors

        return lenient_errors(self.body)

    @property
    def code(self) -> str | None:
        """Harbor's code of the first error, such as ``"NOT_FOUND"``; ``None`` without one."""
        return next((error.code for error in self.errors), None)

    @property
    def message(self) -> str | None:
        """Harbor's message of the first error, such as ``"user 3 not found"``; ``None`` without one."""
        return next((error.message for error in self.errors), None)

    def __str__(self) -> str:
        lines = [f"({self.status})", f"Reason: {self.reason}"]
        by_hand = type(self) is ApiException and not self.method  # as old scripts make it, and as they know its text
        if not by_hand:
            lines.insert(0, self._summary())
        if self.request_id:
            lines.append(f"Request id: {self.request_id}")
        if self.hint:
            lines.append(f"Hint: {self.hint}")
        if self.headers:
            lines.append(f"HTTP response headers: {_visible(self.headers)}")
        if self.body:
            lines.append(f"HTTP response body: {_shortened(self.body, QUOTED_BODY)}")
        return "\n".join([*lines, ""] if by_hand else lines)

    def _summary(self) -> str:
        """What happened, to which request, with which outcome."""
        what = f"{self.status} {self.reason}" if (self.status or 0) >= 300 else str(self.reason)
        message = self.message
        if message:
            what += f": {message}"
        what = _shortened(" ".join(what.split()), QUOTED_MESSAGE)
        request = f"{self.method} {_shortened(self.url or '', QUOTED_MESSAGE)} failed: " if self.method else ""
        return f"{request}{what} (outcome: {self.outcome})."

    def __repr__(self) -> str:
        return f"{type(self).__name__}(status={self.status!r}, reason={self.reason!r}, outcome={self.outcome!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.status, self.reason), self.__dict__.copy()


class ConnectionException(ApiException):
    """No complete response arrived: refused, reset, closed early, or one of the subclasses."""


class TimeoutException(ConnectionException):
    """The deadline of the call passed before the response was complete."""


class TLSException(ConnectionException):
    """The TLS handshake failed, or the server's certificate is not trusted."""


class ProxyException(ConnectionException, status=407):
    """The proxy could not be reached, or refused (407, or any response but 2xx to CONNECT)."""


class ProtocolException(ConnectionException):
    """What arrived is not a complete, well-formed HTTP response, or is larger than ``max_response_bytes``."""


class UnexpectedResponseException(ApiException):
    """Not what the API says: a 2xx with HTML, broken JSON or fields of wrong types; a 404 that is not Harbor's."""


class RedirectException(ApiException):
    """A redirect that is not followed: of a write, to another origin, or one too many."""


class BadRequestException(ApiException, status=400):
    """400: Harbor refused a value (password too weak, illegal characters, ``q`` not understood)."""


class UnauthorizedException(ApiException, status=401):
    """401: unknown user, wrong password, or locked briefly after a wrong one."""


class ForbiddenException(ApiException, status=403):
    """403: authenticated, but not allowed."""


class NotFoundException(ApiException, status=404):
    """404: Harbor says that what was asked for does not exist: the user, project, member or path."""


class MethodNotAllowedException(ApiException, status=405):
    """405: the path exists, the method does not."""


class ConflictException(ApiException, status=409):
    """409: it exists already, such as a user with this name or email address, or a project."""


class UsernameTakenException(ConflictException):
    """Another user has exactly this name."""


class EmailTakenException(ConflictException):
    """Another user has this email address. (To a profile update Harbor responds with 500 in this case.)"""


class NoLocalUsersException(ForbiddenException):
    """Users come from OIDC, LDAP or the like: Harbor creates none and changes none of their profiles and passwords."""


class PreconditionFailedException(ApiException, status=412):
    """412: not available in this authentication mode."""


class UnprocessableEntityException(ApiException, status=422):
    """422: Harbor could not bind the request (missing body, page_size over 100, wrong content type)."""


class TooManyRequestsException(ApiException, status=429):
    """429: too many requests; slow down."""


class ServiceException(ApiException):
    """5xx: the server, or a proxy in front of it, failed."""


class RowError(ValueError):
    """An invalid row. The message says where it is and what is accepted, and contains no passwords.

    Attributes:
        row: the number of the row, from 1.
        username: the username, or ``""``.
        file: the name of the file; ``None`` for rows that do not come from a file.
        line: the line of the file, from 1.
        column: the name of the column with the invalid value, if it is in one column.
    """

    def __init__(
        self,
        row: int,
        username: str,
        why: str,
        *,
        file: str | None = None,
        line: int | None = None,
        column: str | None = None,
    ) -> None:
        super().__init__(row, username, why)
        self.row = row
        self.username = username
        self.file = file
        self.line = line
        self.column = column

    def __str__(self) -> str:
        place = f"row {self.row}" if self.line is None else f"line {self.line}"
        place = f"{self.file}, {place}" if self.file else place
        name = self.username if self.username.isprintable() else repr(self.username)
        name = f" ({name})" if name else ""
        return f"{place}{name}{f', column {self.column!r}' if self.column else ''}: {self.args[2]}"


class ApplyError(Exception):
    """Some rows of a run failed: raised by :meth:`harbor_client.users.Run.finish`.

    Attributes:
        failed: the :class:`~harbor_client.users.Change` of each row that failed; each has ``row``, ``username`` and
            ``error``.
    """

    def __init__(self, message: str, failed: Sequence[Any] = ()) -> None:
        super().__init__(message, failed)
        self.failed: list[Any] = list(failed)

    def __str__(self) -> str:
        return str(self.args[0])


if not TYPE_CHECKING:  # checkers understand lists of names only, and take all public ones without
    __all__ = [name for name, value in globals().items() if isinstance(value, type) and issubclass(value, Exception)]


def class_for(status: int) -> type[ApiException]:
    """The class of the exception for a response with this status (not 2xx)."""
    if status >= 500:
        return ServiceException
    if 300 <= status < 400:
        return RedirectException
    return ApiException._by_status.get(status, ApiException)


def _visible(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: "***" if name.lower() == "set-cookie" else value for name, value in headers.items()}


def _shortened(text: Any, limit: int) -> str:
    text = str(text)
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text) - limit} more characters)"
