"""Measures of the house: how far a call walks, and the words of the code. docs/CONTRIBUTING.md says why."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from traceback import walk_tb
from types import FrameType

import pytest

import harbor_client
from harbor_client.testing import FakeHarbor

PACKAGE = Path(harbor_client.__file__).parent


def of_the_client(frame: FrameType) -> bool:
    path = Path(frame.f_code.co_filename)
    return PACKAGE in path.parents and "testing" not in path.relative_to(PACKAGE).parts


@pytest.fixture(scope="module")
def api() -> Iterator[harbor_client.UserApi]:
    with FakeHarbor() as harbor, harbor_client.ApiClient(harbor.configuration()) as client:
        harbor.add_user("alice")
        yield harbor_client.UserApi(client)


def test_a_warm_call_takes_a_short_road(api: harbor_client.UserApi) -> None:
    entered: list[str] = []

    def profile(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and of_the_client(frame):
            place = Path(frame.f_code.co_filename).relative_to(PACKAGE)
            entered.append(f"{place}: {frame.f_code.co_name}")

    api.get_user(3)
    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        api.get_user(3)
    finally:
        sys.setprofile(before)

    road = "\n".join(entered)
    assert len(entered) <= 60, road
    assert len({line.partition(":")[0] for line in entered}) <= 12, road


def test_the_traceback_of_a_404_is_short(api: harbor_client.UserApi) -> None:
    with pytest.raises(harbor_client.NotFoundException) as raised:
        api.get_user(4711)
    frames = [
        f"{frame.f_code.co_filename}:{line}: {frame.f_code.co_name}"
        for frame, line in walk_tb(raised.value.__traceback__)
        if of_the_client(frame)
    ]
    assert len(frames) <= 8 + (sys.version_info < (3, 11)), "\n".join(frames)  # Python 3.10 shows a guard


def identifiers(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        for attribute in ("name", "id", "attr", "arg", "asname"):
            if isinstance(name := getattr(node, attribute, None), str):
                yield getattr(node, "lineno", 0), name


def test_a_response_is_called_a_response() -> None:
    """The outcome `answered` is the one exception."""
    wrong = [
        f"{path.relative_to(PACKAGE.parent)}:{line}: {name}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for line, name in identifiers(ast.parse(path.read_text(encoding="utf-8")))
        if "answer" in name.lower().replace("answered", "")
    ]
    assert not wrong, "\n".join(wrong)
