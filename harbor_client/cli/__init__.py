"""The command line ``harbor-users``, a thin shell over :class:`harbor_client.Users`."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper

from harbor_client.cli.parser import PROG, build


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command line; returns the exit status."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed by the caller, or there is no console on Windows
            setattr(sys, name, open(os.open(os.devnull, os.O_RDWR), mode, closefd=False))  # noqa: SIM115
    try:
        try:
            return _main(sys.argv[1:] if arguments is None else arguments)
        finally:
            sys.stdout.flush()
    except (KeyboardInterrupt, EOFError):  # Ctrl-C, or Ctrl-D instead of a password
        print(f"{PROG}: interrupted", file=sys.stderr)
    except OSError as error:  # the reader of the output has gone, as "head" does, or there is no space for it
        from harbor_client.cli import terminal  # loaded only for errors

        terminal.flush_output()
        if not isinstance(error, BrokenPipeError):
            terminal.tell(str(error))
    return 1


def _main(arguments: Sequence[str]) -> int:
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

    data = getattr(options, "format", None) in ("csv", "json") and not sys.stdout.isatty()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # no text fails that the terminal cannot show; data is UTF-8 everywhere
            encoding = "utf-8" if data and stream is sys.stdout else None
            stream.reconfigure(encoding=encoding, errors="backslashreplace")
    return run(options)
