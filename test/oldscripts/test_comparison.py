"""The drop-in check itself: it must not call alike what differs, nor believe in a table that no call bears out."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

DROPIN = Path(__file__).parents[1] / "dropin"


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(DROPIN))
    module = importlib.import_module("stage")
    monkeypatch.setattr(module, "CASES", {})
    monkeypatch.setattr(importlib.import_module("compare"), "CASES", module.CASES)
    return module


def _problems(
    stage: ModuleType, reference: object, ours: object, table: tuple[str, ...] = (), **case: Any
) -> list[str]:
    compare = importlib.import_module("compare")
    stage.CASES.clear()
    stage.add("case", lambda given: None, **case)
    problems: list[str] = compare.compare({"case": reference}, {"case": ours}, list(table))
    return problems


@pytest.mark.parametrize(
    ("reference", "ours"),
    [
        ({"result": 1}, {"result": True}),
        ({"result": 1}, {"result": "1"}),
        ({"result": 1}, {"result": 1.0}),
        ({"result": None}, {}),
        ({"result": []}, {"result": {}}),
        ({"result": []}, {"result": [None]}),
        ({"requests": [{"body": "a"}]}, {"requests": [{"body": "b"}]}),
        ({"requests": [{"headers": {"a": ["1"]}}]}, {"requests": [{"headers": {"a": ["1", "1"]}}]}),
        ({"error": {"type": "ValueError", "text": "`page`"}}, {"error": {"type": "ValueError", "text": "wrong"}}),
        ({"error": {"type": "ValueError", "text": ""}}, {"error": {"type": "TypeError", "text": ""}}),
        ({"error": {"type": "ValueError", "text": ""}}, {"result": 1}),
    ],
)
def test_a_difference_is_a_problem(stage: ModuleType, reference: object, ours: object) -> None:
    assert _problems(stage, reference, ours)
    assert not _problems(stage, reference, reference)


def test_wordings_are_everybodys_own(stage: ModuleType) -> None:
    reference = {"error": {"type": "ValueError", "text": "Missing the required parameter `user_id`"}}
    ours = {"error": {"type": "ValueError", "text": "user_id is required"}}
    assert not _problems(stage, reference, ours)


def test_a_declared_difference_is_none(stage: ModuleType) -> None:
    declared = stage.differs("row", "result", ours={"result": 2})
    assert not _problems(stage, {"result": 1}, {"result": 2}, ("row",), differs=declared)


@pytest.mark.parametrize(
    ("ours", "table", "told"),
    [
        ({"result": 1}, ("row",), "no difference"),
        ({"result": 3}, ("row",), "should be 2, is 3"),
        ({"result": 2, "other": 1}, ("row",), "other: "),
        ({"result": 2}, (), "not in the table"),
        ({"result": 2}, ("row", "unused"), "row `unused`"),
        ({"result": 2}, ("row", "row"), "twice"),
    ],
)
def test_a_declaration_must_be_true(stage: ModuleType, ours: object, table: tuple[str, ...], told: str) -> None:
    declared = stage.differs("row", "result", ours={"result": 2})
    problems = _problems(stage, {"result": 1}, ours, table, differs=declared)
    assert any(told in problem for problem in problems), problems


def test_a_case_that_the_reference_did_not_play(stage: ModuleType) -> None:
    compare = importlib.import_module("compare")
    stage.add("new", lambda given: None)
    assert compare.compare({}, {"new": {}}, []) == ["new: the reference has not played it"]


def test_rows_of_the_table(stage: ModuleType) -> None:
    compare = importlib.import_module("compare")
    rows = compare.declared_rows(compare.TABLE.read_text("utf-8"))
    assert len(rows) > 50
    assert "delete-without-body" in rows
