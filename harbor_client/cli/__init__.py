"""The command line ``harbor-users``, a thin shell over :class:`harbor_client.Users`."""

import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper

from harbor_client.cli.parser import PROG, build


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command line; returns the exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = build(arguments)
    options = parser.parse_args(arguments)
    if options.print_completion:
        try:
            print(import_module("shtab").complete(build(), shell=options.print_completion))
        except ImportError:
            parser.exit(1, f"{PROG}: completion needs shtab: pip install 'harbor-registry-client[cli]'\n")
        return 0
    if options.command is None:
        parser.print_help(sys.stderr)
        return 2
    from harbor_client.cli.run import run  # only now: --help needs nothing of the client

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # no text fails that the terminal cannot show
    return run(options)
