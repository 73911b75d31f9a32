"""Keeps secrets out of what leaves with an exception: the locals of this package's frames, and chained exceptions."""

import copy
import functools
import sys
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, TypeVar

_F = TypeVar("_F", bound=Callable[..., Any])

_PACKAGE = __name__.partition(".")[0]

#: Top-level modules that this package calls. Their frames hold what this package or a caller's code passed to them.
_LIBRARIES = sys.stdlib_module_names | {
    *("urllib3", "certifi", "dateutil", "idna", "six"),
    *("socks", "OpenSSL", "gevent", "eventlet"),
}

#: Attributes of the standard library's exceptions that quote what was being worked on, and what replaces their values.
_QUOTED = {"doc": "", "obj": None}


def guarded(method: _F) -> _F:
    """Wrap a public method so that an exception leaves it with no secret in the frames below.

    Guards nest: only the outermost one sweeps, where the exception leaves the package. Tracebacks do not show guards
    (Python 3.10 shows the outermost one).
    """

    @functools.wraps(method)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except BaseException as error:
            args = kwargs = None  # type: ignore[assignment]
            try:
                _sweep_outermost(error)
            except BaseException as interruption:  # from a signal; the error is its context
                sweep(interruption)
                raise
            raise

    return call  # type: ignore[return-value]


#: The code that all guards share.
_GUARD = guarded(len).__code__


def _sweep_outermost(error: BaseException) -> None:
    """Sweep an exception if the caller, a guard, was not called from within another one.

    Looking at the stack is right for threads, greenlets and generators alike; counting guards would not be. The search
    ends at code outside the package: a guard that a callback calls is an outermost one.
    """
    frame = sys._getframe(1).f_back
    while frame is not None and frame.f_code is not _GUARD:
        frame = None if _side(frame.f_globals.get("__name__", "")) == "theirs" else frame.f_back
    if frame is None:
        sweep(error)


def sweep(error: BaseException) -> None:
    """Clear the locals of the package's finished frames in an exception's traceback and in those of its causes.

    An exception that was raised outside the package, for example by a callback, or that is being handled there, keeps
    its frames, attributes and context. An exception that was raised inside loses suppressed contexts
    (``raise … from …``), and what the standard library's exceptions quote beyond their message.
    """
    inside: dict[FrameType, bool] = {}
    seen: set[int] = set()
    waiting: list[Any] = [error]
    while waiting:
        current = waiting.pop()
        if not isinstance(current, BaseException) or id(current) in seen:
            continue
        seen.add(id(current))
        if _clear(current, inside):
            if current.__suppress_context__:
                # Not displayed, but error trackers find it; it is the original of a cause that was cleaned.
                current.__context__ = None
            _empty_quotes(current)
        waiting += (current.__cause__, current.__context__, getattr(current, "lower", None))


def sweep_caught(error: BaseException) -> None:
    """:func:`sweep` for an exception that is kept, not raised: drops the frame that has caught it as well."""
    sweep(error)
    if error.__traceback__ is not None:
        error.__traceback__ = error.__traceback__.tb_next


def _clear(error: BaseException, inside: dict[FrameType, bool]) -> bool:
    """Clear the frames of an exception's traceback, and return whether it was raised inside the package.

    Args:
        error: the exception.
        inside: whether each frame seen so far runs on behalf of the package. A library runs on behalf of its caller,
            and so do the exceptions that it catches.
    """
    traceback = error.__traceback__
    previous: TracebackType | None = None
    own = traceback is not None and inside.get(traceback.tb_frame, False)
    while traceback is not None:
        frame = traceback.tb_frame
        side = _side(frame.f_globals.get("__name__", ""))
        own = side == "ours" or (own and side == "library")
        inside[frame] = own
        if own:
            try:
                frame.clear()
            except RuntimeError:  # still running: it belongs to a caller, whose guard sweeps it
                pass
        if frame.f_code is not _GUARD:
            previous = traceback
        elif previous is None:
            error.__traceback__ = traceback.tb_next
        else:
            previous.tb_next = traceback.tb_next
        traceback = traceback.tb_next
    return own


@functools.lru_cache(512)
def _side(module: str) -> str:
    """Whose code a module is: ``"ours"``, ``"theirs"``, or ``"library"``, which runs on behalf of its caller."""
    package = module.partition(".")[0]
    if package == _PACKAGE:
        return "ours"
    # The constructor of a named tuple has a module of its own.
    return "library" if package in _LIBRARIES or package.startswith("namedtuple_") else "theirs"


def _empty_quotes(error: BaseException) -> None:
    """Empty the attributes in which an exception of the standard library quotes what was being worked on."""
    if isinstance(error, (UnicodeEncodeError, UnicodeDecodeError)):
        quoting: Any = error
        quoting.object = type(error.object)()
        error.args = (error.encoding, error.object, *error.args[2:])
    elif isinstance(error, KeyError) and not (len(error.args) == 1 and isinstance(error.args[0], str)):
        error.args = ()  # urllib3 looks its pools up by all their settings
    for name, empty in _QUOTED.items():
        if hasattr(error, name):
            setattr(error, name, empty)


def clean_cause(cause: BaseException, mask: Callable[[str], str] = str) -> BaseException:
    """A stand-in for an exception that may quote what was sent or received: same type name, message masked, no more.

    An operating system error that holds nothing but a number and the system's text for it is copied.
    """
    if isinstance(cause, OSError) and not cause.__cause__ and not cause.__context__:
        # What some libraries' errors keep may be a request.
        held = [*cause.args, cause.filename, cause.filename2, *vars(cause).values()]
        if mask(repr(held)) == repr(held) and all(isinstance(value, (str, int, type(None))) for value in held):
            return copy.copy(cause)  # without traceback; the original may be the caller's
    kind = type(cause)
    stand_in: type[Exception] = type(kind.__name__, (Exception,), {"__module__": kind.__module__})
    return stand_in(mask(str(cause)))
