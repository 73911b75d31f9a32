"""The command line ``harbor-users``, a thin shell over :class:`harbor_client.Users`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from harbor_client.cli.parser import PROG, build

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command line; returns the exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = build(arguments)
    options = parser.parse_args(arguments)
    if options.version:
        from harbor_client import __version__

        print(f"{PROG} {__version__}")
        return 0
    if options.print_completion:
        return _print_completion(options.print_completion)
    if options.command is None:
        parser.print_help(sys.stderr)
        return 2
    from harbor_client.cli.run import run  # only now: --help needs nothing of the client

    try:
        return run(options)
    except BrokenPipeError:  # the reader of standard output has gone, as "head" does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains at exit
        return 1


def _print_completion(shell: str) -> int:
    from importlib import import_module

    try:
        shtab = import_module("shtab")  # an extra
    except ImportError:
        print(f"{PROG}: completion needs shtab: pip install 'harbor-registry-client[cli]'", file=sys.stderr)
        return 1
    print(shtab.complete(build(), shell=shell))
    return 0
