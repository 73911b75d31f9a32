"""Keeps secrets out of what an exception carries away: the locals of our frames, and chained causes."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Any

    _F = TypeVar("_F", bound=Callable[..., Any])
else:
    _F = TypeVar("_F")

#: Frames of these packages hold bytes of requests and answers; a user's own frames are left as they are.
_SWEPT = (
    "harbor_client",
    "urllib",
    "urllib3",
    "http",
    "ssl",
    "socket",
    "json",
    "base64",
    "encodings",
    "email",
    "multiprocessing",
)


def guarded(method: _F) -> _F:
    """Wrap a public method, so that an exception leaves it with no secret in the frames below.

    The traceback keeps its lines; the local variables of the package's own finished frames are cleared, those of
    the causes as well, and the arguments are dropped from the one frame that is still running.
    """

    @functools.wraps(method)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except BaseException as error:
            args = kwargs = None  # type: ignore[assignment]
            sweep(error)
            raise

    return call  # type: ignore[return-value]


def sweep(error: BaseException) -> None:
    """Clear the locals of the package's finished frames in an exception's traceback and in its causes'.

    Contexts that were suppressed (``raise … from …``) are dropped.
    """
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        current = waiting.pop()
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        if current.__suppress_context__:
            # Shown nowhere, but error trackers find it, and it is the unclean original of the cause.
            current.__context__ = None
        _clear(current.__traceback__)
        waiting += (current.__cause__, current.__context__)


def _clear(traceback: TracebackType | None) -> None:
    while traceback is not None:
        frame = traceback.tb_frame
        name = frame.f_globals.get("__name__", "")
        if name.partition(".")[0] in _SWEPT:
            try:
                frame.clear()
            except RuntimeError:  # still running: it belongs to a caller, which sweeps it in its turn
                pass
        traceback = traceback.tb_next


def clean_cause(cause: BaseException) -> BaseException:
    """A stand-in for an exception that may quote what was sent or received: same type name and message, no more.

    Operating system errors hold a number and a text of the system's and are kept as they are.
    """
    if isinstance(cause, OSError) and not cause.__cause__ and not cause.__context__ and len(cause.args) <= 2:
        return cause.with_traceback(None)
    kind = type(cause)
    if isinstance(cause, UnicodeError):
        text = f"{getattr(cause, 'encoding', '?')}: {getattr(cause, 'reason', 'not encodable')}"
    elif kind.__name__ == "JSONDecodeError":
        text = f"{getattr(cause, 'msg', '')} (char {getattr(cause, 'pos', '?')})"
    else:
        text = str(cause)
    stand_in: BaseException = type(kind.__name__, (Cause,), {"__module__": kind.__module__})(text)
    return stand_in


class Cause(Exception):
    """Stands in for a lower layer's exception as the cause of an :class:`~harbor_client.ApiException`."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild_cause, (type(self).__name__, type(self).__module__, self.args)


def _rebuild_cause(name: str, module: str, args: tuple[Any, ...]) -> BaseException:
    rebuilt: BaseException = type(name, (Cause,), {"__module__": module})(*args)
    return rebuilt
