"""Hunts marks: unique texts that stand for secrets, in everything that can leave a call."""

import base64
import gc
import io
import logging
import pickle
import re
import sys
import traceback
import types
import uuid
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

TESTS = str(Path(__file__).resolve().parents[1])
"""Frames of files below this folder are the tests' own: what they hold is theirs, as a script's variables are."""


def mark(name: str) -> str:
    """A text that occurs nowhere else; Harbor takes it as a password."""
    return f"Mark1-{name}-{uuid.uuid4().hex}"


def odd_mark(special: str) -> str:
    """A mark with special characters in its middle, which JSON, URLs, pages and Python each write in their own way."""
    return f"{uuid.uuid4().hex}{special}Aa1{uuid.uuid4().hex}"


def forms(secret: str) -> set[str]:
    """What tells a secret however it is written: its letters and digits, which no escaping changes, and its Base64."""
    raw = secret.encode()
    found = set(re.findall("[A-Za-z0-9]{12,}", secret)) or {secret}
    for shift in range(3):
        # In Base64 a text has three forms, by where in a group of three bytes it begins.
        encoded = base64.b64encode(b"\0" * shift + raw).decode()
        found.add(encoded[4 if shift else 0 : -4])
    return found


class Hunt:
    """Looks for marks and keeps where it found them."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._forms = {name: forms(secret) for name, secret in secrets.items()}
        self.found: list[str] = []
        """``"<secret> in <place>: …"``, with the text around, for the failing test's message."""

    def text(self, place: str, text: object) -> None:
        """Look through one text (or bytes, or whatever has a ``str``)."""
        searched = text.decode("latin-1") if isinstance(text, (bytes, bytearray)) else str(text)
        for name, variants in self._forms.items():
            for variant in variants:
                at = searched.find(variant)
                if at >= 0:
                    around = searched[max(0, at - 200) : at + len(variant) + 20]
                    self.found.append(f"{name} in {place}: …{ascii(around)[1:-1]}…")
                    break

    def error(self, place: str, error: BaseException) -> None:
        """Look through all that an exception carries: texts, attributes, causes, traceback, pickle."""
        for number, one in enumerate(chain(error)):
            where = f"{place}, {type(one).__name__} (link {number} of the chain)"
            self.text(f"str of {where}", one)
            self.text(f"repr of {where}", repr(one))
            self.text(f"args of {where}", repr(one.args))
            self.text(f"notes of {where}", getattr(one, "__notes__", ""))
            for name, value in vars(one).items():
                self.text(f"{name} of {where}", value)
                self.text(f"{name} of {where}", repr(value))
        self.text(f"traceback with locals of {place}", traceback_text(error))
        self.text(f"pickle of {place}", pickle.dumps(error))
        for owner, value in reachable(error):
            self.text(f"{owner}, reachable from {place}", value)

    def assert_nothing(self) -> None:
        assert not self.found, "\n".join(self.found)


def assert_hidden(hunt: Hunt, error: BaseException, output: object = "") -> None:
    """Neither an error nor what was logged, printed or warned about has any of the marks."""
    hunt.error("the error", error)
    hunt.text("what was logged, printed or warned about", output)
    hunt.assert_nothing()


def chain(error: BaseException) -> list[BaseException]:
    """An exception and everything chained to it."""
    seen: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop(0)
        if one is not None and not any(one is other for other in seen):
            seen.append(one)
            waiting += [one.__cause__, one.__context__]
    return seen


def traceback_text(error: BaseException) -> str:
    """What an error tracker collects: the traceback with the locals of all frames but the tests' own."""
    captured = traceback.TracebackException.from_exception(error, capture_locals=True)
    lines: list[str] = []
    waiting: list[traceback.TracebackException | None] = [captured]
    while waiting:
        one = waiting.pop()
        if one is None:
            continue
        waiting += [one.__cause__, one.__context__]
        lines += one.format_exception_only()
        for frame in one.stack:
            if not frame.filename.startswith(TESTS):
                lines.append(f"{frame.filename}:{frame.lineno} {frame.line}")
                lines += [f"  {name} = {value}" for name, value in (frame.locals or {}).items()]
    return "\n".join(lines)


#: Not followed: they belong to the program, not to the exception.
_ROOTS = (types.ModuleType, type, types.FunctionType, types.BuiltinFunctionType, types.CodeType, logging.Logger)


def reachable(error: BaseException) -> Iterator[tuple[str, object]]:
    """Every text that can be reached from an exception without passing through a module, a class or a client.

    The client and its configuration hold the credentials because the user put them there, and scripts keep both.
    """
    import harbor_client

    stops = (*_ROOTS, harbor_client.Configuration, harbor_client.ApiClient, harbor_client.UserApi)
    seen: set[int] = {id(sys.modules), id(gc.get_objects)}
    waiting: list[tuple[str, object]] = [(type(error).__name__, error)]
    keep: list[object] = []  # ids stay unique while what they name lives
    while waiting:
        owner, one = waiting.pop()
        if id(one) in seen or isinstance(one, stops):
            continue
        seen.add(id(one))
        keep.append(one)
        if isinstance(one, (str, bytes, bytearray)):
            yield owner, one
        elif isinstance(one, types.FrameType):
            if not one.f_code.co_filename.startswith(TESTS) and "pytest" not in one.f_code.co_filename:
                waiting += [
                    (f"{one.f_code.co_name}() local {name}", value) for name, value in dict(one.f_locals).items()
                ]
        elif isinstance(one, types.TracebackType):
            waiting += [(owner, one.tb_frame), (owner, one.tb_next)]
        else:
            waiting += [(f"{owner} > {type(one).__name__}", other) for other in gc.get_referents(one)]


class _Everything(logging.Handler):
    def __init__(self) -> None:
        super().__init__(level=1)
        self.lines: list[str] = []
        self.setFormatter(logging.Formatter("%(name)s %(levelname)s %(pathname)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{self.format(record)} {record.__dict__!r}")


@contextmanager
def all_logs() -> Iterator[list[str]]:
    """Every record of every logger, at any level, with all that is in the record."""
    handler = _Everything()
    root = logging.getLogger()
    known = [one for one in root.manager.loggerDict.values() if isinstance(one, logging.Logger)]
    before = [(one, one.level, one.propagate, one.disabled) for one in (root, *known)]
    root.addHandler(handler)
    for one in (root, *known):
        one.setLevel(1)
        one.propagate = True
        one.disabled = False
    try:
        yield handler.lines
    finally:
        root.removeHandler(handler)
        for one, level, propagate, disabled in before:
            one.level, one.propagate, one.disabled = level, propagate, disabled
        root.manager._clear_cache()  # type: ignore[attr-defined]


@contextmanager
def all_output() -> Iterator[list[str]]:
    """All that is logged, printed or warned about meanwhile; complete once the block is left."""
    said: list[str] = []
    printed = io.StringIO()
    stdout, stderr = sys.stdout, sys.stderr
    with all_logs() as logged, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        sys.stdout = sys.stderr = printed
        try:
            yield said
        finally:
            sys.stdout, sys.stderr = stdout, stderr
            said += logged
            said.append(printed.getvalue())
            said += [str(one.message) for one in warned]


@contextmanager
def hunting(hunt: Hunt) -> Iterator[Hunt]:
    """Hunt in what is logged, printed and warned about as well; at the end, nothing may have been found."""
    with all_output() as output:
        yield hunt
    hunt.text("what was logged, printed or warned about", output)
    hunt.assert_nothing()
