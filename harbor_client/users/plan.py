"""What a run would do: found out once, shown as often as needed, and then carried out as shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from html import escape
from typing import Any

from harbor_client.exceptions import RowError
from harbor_client.users.apply import Progress, Run
from harbor_client.users.change import Change, OnError, UserRow
from harbor_client.users.conflicts import Step
from harbor_client.users.rows import Place
from harbor_client.users.sink import OnPassword

#: How many users who were not found are shown one by one.
_NOT_FOUND_SHOWN = 100
_COLORS = {"created": "#2da44e", "changed": "#9a6700", "removed": "#cf222e", "failed": "#cf222e"}


class Plan:
    """What :meth:`harbor_client.users.Users.apply` would have done when the plan was made.

    ``print(plan)`` shows it like a diff, ``repr(plan)`` is a summary.

    Attributes:
        counts: the number of rows for each action: ``plan.counts["created"]``.
        changes: the rows that would change something or fail. Rows that need no change are only counted, and so are
            users who were not found, after the first 100.
    """

    def __init__(self, run: Run, apply: Callable[..., Run]) -> None:
        self._apply = apply
        self._steps: list[Step] = []
        not_found = 0
        with run:
            for step in iter(run.step, None):
                missing = step.change.action == "not_found"
                not_found += missing
                if step.change.action != "unchanged" and not (missing and not_found > _NOT_FOUND_SHOWN):
                    self._steps.append(step)
        self.counts: Counter[str] = run.counts
        self.changes: list[Change] = [step.change for step in self._steps]

    @property
    def has_changes(self) -> bool:
        """Whether anything would be done."""
        return any(self.counts[action] for action in ("created", "changed", "removed"))

    def __iter__(self) -> Iterator[Change]:
        return iter(self.changes)

    def to_dict(self) -> dict[str, Any]:
        """The plan as JSON has it, with passwords masked."""
        return {
            "has_changes": self.has_changes,
            "counts": dict(self.counts),
            "changes": [change.to_dict() for change in self.changes],
        }

    def apply(
        self, *, on_error: OnError = "stop", progress: Progress = None, on_password: OnPassword | None = None
    ) -> Run:
        """Do exactly what the plan shows. Rows whose users have changed since then fail, and so do rows that failed in
        the plan. For the arguments, see :meth:`harbor_client.users.Users.apply`.
        """
        rows = PlannedRows(self._steps)
        return self._apply(rows, on_error=on_error, progress=progress, on_password=on_password)

    def __str__(self) -> str:
        more = self.counts["not_found"] - sum(change.action == "not_found" for change in self.changes)
        rest = [f"? … and {more} more not found"] if more else []
        return "\n".join([*map(str, self.changes), *rest, self._summary()])

    def __repr__(self) -> str:
        return f"<Plan: {self._summary()}>"

    def _repr_html_(self) -> str:
        lines = "\n".join(
            f'<span style="color: {_COLORS.get(change.action, "inherit")}">{escape(str(change))}</span>'
            for change in self.changes
        )
        return f"<pre>{lines}\n{escape(self._summary())}</pre>"

    def _summary(self) -> str:
        words = (
            f"{self.counts[action]} {what}"
            for action, what in (
                ("created", "to create"),
                ("changed", "to change"),
                ("removed", "to remove"),
                ("unchanged", "unchanged"),
                ("not_found", "not found"),
                ("failed", "wrong"),
            )
            if self.counts[action] or action not in ("failed", "not_found")
        )
        return ", ".join(words)


class PlannedRows:
    """The rows of a plan, as the source of the run that carries it out."""

    def __init__(self, steps: list[Step]) -> None:
        self.total: int | None = len(steps)
        self._steps = steps
        self._planned = {id(step.row): step.change for step in steps}

    def __iter__(self) -> Iterator[tuple[Place, UserRow | RowError]]:
        return ((step.place, step.row) for step in self._steps)

    def check(self, row: UserRow, look: Callable[[], Change]) -> None:
        """Raise when the change of a row failed in the plan, or would no longer be what was planned."""
        planned = self._planned[id(row)]
        if planned.error is not None:
            raise planned.error
        now = look()
        if (planned.action, planned.user_id, planned.fields) != (now.action, now.user_id, now.fields):
            raise ValueError(f"changed since the plan was made: planned was {planned}, now it would be {now}")

    def close(self) -> None:
        """There is nothing to close."""
