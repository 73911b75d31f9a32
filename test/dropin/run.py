"""The drop-in check: the same calls with the swagger-codegen client and with this package, compared.

    python test/dropin/run.py --reference FOLDER [--record] [TEXT IN THE NAME OF A CASE ...]
    python test/dropin/run.py --recorded [TEXT IN THE NAME OF A CASE ...]

FOLDER (or the environment variable REFERENCE_DIR) is where `pip install --target FOLDER harbor-api-client==2.12.2` put
the reference. The package under test is the one that this interpreter imports. Exit status 1 when a difference is
undeclared, a declared one does not show, or `reference.jsonl` is out of date: the reference's outcomes, which
`--recorded` compares with where the reference is not installed, and `--record` writes anew.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import play as _cases  # noqa: F401  (registers the cases)
from compare import TABLE, compare, declared_rows, named
from stage import chosen

HERE = Path(__file__).resolve().parent
RECORDED = HERE / "reference.jsonl"

Outcomes = dict[str, object]


def outcomes(first: list[str], only: list[str]) -> Outcomes:
    """Play the cases in a process of its own that finds packages in these folders first."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "outcomes.json")
        environment = {key: value for key, value in os.environ.items() if not key.upper().endswith("_PROXY")}
        environment["PYTHONPATH"] = os.pathsep.join(first)
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        command = [sys.executable, str(HERE / "play.py"), str(target), *only]
        subprocess.run(command, env=environment, check=True, timeout=600)
        played: Outcomes = json.loads(target.read_text("utf-8"))
        return played


def ours(only: list[str]) -> Outcomes:
    installed = importlib.util.find_spec("harbor_client")
    assert installed
    assert installed.origin
    return outcomes([str(Path(installed.origin).parents[1])], only)


def recorded(played: Outcomes) -> str:
    """Outcomes as they stand in reference.jsonl: one line a case; of an error's text just what it names."""

    def portable(value: object) -> object:
        if isinstance(value, dict):
            if value.keys() == {"type", "text"}:
                return {"type": value["type"], "text": " ".join(f"`{word}`" for word in named(str(value["text"])))}
            return {key: portable(item) for key, item in value.items()}
        return [portable(item) for item in value] if isinstance(value, list) else value

    return "".join(json.dumps({name: portable(played[name])}, sort_keys=True) + "\n" for name in sorted(played))


def main() -> int:
    parser = argparse.ArgumentParser(description="Compare this package with the swagger-codegen client.")
    parser.add_argument("--reference", default=os.environ.get("REFERENCE_DIR"), metavar="FOLDER")
    parser.add_argument("--recorded", action="store_true", help="compare with reference.jsonl")
    parser.add_argument("--record", action="store_true", help="write reference.jsonl anew")
    parser.add_argument("only", nargs="*", help="only cases whose name holds this text")
    arguments = parser.parse_args()
    if arguments.record and arguments.only:
        parser.error("--record writes all cases: name none")
    table = declared_rows(TABLE.read_text("utf-8"))
    if arguments.recorded:
        known: Outcomes = {}
        for line in RECORDED.read_text("utf-8").splitlines():
            known.update(json.loads(line))
        problems = compare(known, ours(arguments.only), table)
    elif arguments.reference:
        reference = outcomes([arguments.reference], arguments.only)
        if arguments.record:
            RECORDED.write_text(recorded(reference), "utf-8")
        problems = compare(reference, ours(arguments.only), table)
        changed = set(RECORDED.read_text("utf-8").splitlines()) ^ set(recorded(reference).splitlines())
        if changed and not arguments.only:
            lines = "\n".join(sorted(changed))
            problems.append(f"reference.jsonl is out of date: run with --record and look at the change\n{lines}")
    else:
        parser.error("where is the reference? give --reference, set REFERENCE_DIR, or give --recorded")
    print("\n".join(problems))
    print(f"{len(chosen(arguments.only))} cases, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
