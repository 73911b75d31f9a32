"""Measure harbor_client and its peers.

``run.py`` measures the table, ``run.py profile`` shows where the time of a call goes, ``run.py soak`` lets many threads
share one client; each has ``--help``.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

_COMMANDS = {"profile": "benchmark.sampling", "soak": "benchmark.soak"}

if __name__ == "__main__":
    # The folder of this file would hide modules behind the benchmark's own; its parent holds the package.
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    arguments = sys.argv[1:]
    name = _COMMANDS.get(arguments[0], "") if arguments else ""
    sys.exit(importlib.import_module(name or "benchmark.cli").main(arguments[1:] if name else arguments))
