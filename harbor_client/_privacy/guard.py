"""Keeps secrets out of what an exception carries away: the locals of our frames, and chained causes."""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Any

    _F = TypeVar("_F", bound=Callable[..., Any])
else:
    _F = TypeVar("_F")

#: Frames of these packages may hold what is sent and received; a user's own frames are left as they are.
_SWEPT = sys.stdlib_module_names | {"harbor_client", "urllib3", "certifi", "dateutil", "idna", "six"}

#: What some exceptions of the standard library carry, and what is put in its place: a text that is no JSON, and
#: whatever lacks an attribute.
_CARRIED = {"doc": "", "obj": None}


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
            try:
                sweep(error)
            except BaseException as interruption:  # a signal's, in the midst of it: the error is its context
                sweep(interruption)
                raise
            raise

    return call  # type: ignore[return-value]


def sweep(error: BaseException) -> None:
    """Clear the locals of the package's finished frames in an exception's traceback and in its causes'.

    Contexts that were suppressed (``raise … from …``) are dropped, and so is what an exception of the standard
    library holds on to beside its message.
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
        if _clear(current.__traceback__):
            _unload(current)
        waiting += (current.__cause__, current.__context__)
        lower = getattr(current, "lower", None)
        if isinstance(lower, BaseException):
            waiting.append(lower)


def sweep_caught(error: BaseException) -> None:
    """:func:`sweep` for an exception that is kept, not raised: drops the frame that has caught it as well."""
    sweep(error)
    if error.__traceback__ is not None:
        error.__traceback__ = error.__traceback__.tb_next


def _clear(traceback: TracebackType | None) -> bool:
    """Clear the frames of a traceback; whether the exception was raised in one of them."""
    ours = False
    while traceback is not None:
        frame = traceback.tb_frame
        package = frame.f_globals.get("__name__", "").partition(".")[0]
        ours = package in _SWEPT or package.startswith("namedtuple_")  # what makes a named tuple, from its fields
        if ours:
            try:
                frame.clear()
            except RuntimeError:  # still running: it belongs to a caller, which sweeps it in its turn
                pass
        traceback = traceback.tb_next
    return ours


def _unload(error: BaseException) -> None:
    if isinstance(error, UnicodeEncodeError):
        error.object = ""
        error.args = (error.encoding, error.object, *error.args[2:])
    elif isinstance(error, UnicodeDecodeError):
        error.object = b""
        error.args = (error.encoding, error.object, *error.args[2:])
    elif isinstance(error, KeyError) and not (len(error.args) == 1 and isinstance(error.args[0], str)):
        error.args = ()  # urllib3 looks its pools up by all their settings
    for name, empty in _CARRIED.items():
        if hasattr(error, name):
            setattr(error, name, empty)


def clean_cause(cause: BaseException, mask: Callable[[str], str] = str) -> BaseException:
    """A stand-in for an exception that may quote what was sent or received: same type name, message masked, no more.

    Operating system errors that hold no more than a number and a text of the system's are kept as they are.
    """
    if isinstance(cause, OSError) and not cause.__cause__ and not cause.__context__ and len(cause.args) <= 2:
        held = vars(cause).values()  # what some libraries' errors keep: the request, for one
        shown = repr((cause.args, cause.filename, cause.filename2, *held))
        if mask(shown) == shown and all(isinstance(value, (str, int, type(None))) for value in held):
            return cause.with_traceback(None)
    kind = type(cause)
    if isinstance(cause, UnicodeError):
        text = f"{getattr(cause, 'encoding', '?')}: {getattr(cause, 'reason', 'not encodable')}"
    elif kind.__name__ == "JSONDecodeError":
        text = f"{getattr(cause, 'msg', '')} (char {getattr(cause, 'pos', '?')})"
    else:
        text = str(cause)
    stand_in: BaseException = type(kind.__name__, (Cause,), {"__module__": kind.__module__})(mask(text))
    return stand_in


class Cause(Exception):
    """Stands in for a lower layer's exception as the cause of an :class:`~harbor_client.ApiException`."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild_cause, (type(self).__name__, type(self).__module__, self.args)


def _rebuild_cause(name: str, module: str, args: tuple[Any, ...]) -> BaseException:
    rebuilt: BaseException = type(name, (Cause,), {"__module__": module})(*args)
    return rebuilt
