"""Play every case with the `harbor_client` that this interpreter imports, and write the outcomes to a file.

python play.py OUTCOMES.json [TEXT IN THE NAME OF A CASE ...]
"""

from __future__ import annotations

import contextlib
import http.client
import importlib
import io
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import cases_calls  # noqa: F401  (each module registers its cases)
import cases_client  # noqa: F401
import cases_configuration  # noqa: F401
import cases_data  # noqa: F401
import cases_errors  # noqa: F401
import cases_generic  # noqa: F401
import cases_habits  # noqa: F401
import cases_margins  # noqa: F401
import cases_pool  # noqa: F401
import cases_projects  # noqa: F401
import cases_reach  # noqa: F401
import cases_replaced  # noqa: F401
import cases_surface  # noqa: F401
from stage import chosen, play


@contextlib.contextmanager
def quarantine() -> Iterator[None]:
    """Undo what a case leaves behind in this process: handlers and levels of loggers, `http.client`'s debug flag."""
    loggers = [logging.getLogger(name) for name in ("harbor_client", "urllib3")]
    before = [(logger, logger.level, list(logger.handlers)) for logger in loggers]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield
    http.client.HTTPConnection.debuglevel = 0
    for logger, level, handlers in before:
        for handler in set(logger.handlers) - set(handlers):
            logger.removeHandler(handler)
            handler.close()
        logger.setLevel(level)


def main(target: str, *only: str) -> None:
    package = importlib.import_module("harbor_client")
    outcomes = {}
    for case in chosen(only):
        with quarantine():
            outcomes[case.name] = play(case, package)
            package.Configuration.set_default(None)
    Path(target).write_text(json.dumps(outcomes, indent=0, sort_keys=True), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
