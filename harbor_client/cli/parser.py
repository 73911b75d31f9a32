"""The arguments of ``harbor-users``. Nothing of the client is imported for ``--help``."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, NoReturn

PROG = "harbor-users"
FORMATS = ("table", "csv", "json")
#: The columns of ``list`` and ``show`` that can be asked for, and those shown by default.
COLUMNS = (
    "user_id",
    "username",
    "email",
    "realname",
    "comment",
    "sysadmin_flag",
    "admin_role_in_auth",
    "creation_time",
    "update_time",
)
DEFAULT_COLUMNS = ("user_id", "username", "email", "realname", "sysadmin_flag", "creation_time")

#: Options that stand for an environment variable: name in the namespace, variable.
SETTINGS = {
    "host": "HARBOR_URL",
    "user": "HARBOR_USERNAME",
    "password_file": "HARBOR_PASSWORD_FILE",
    "ca_cert": "HARBOR_CA_CERT",
    "timeout": "HARBOR_TIMEOUT",
}

_DESCRIPTION = """\
Administer the users of a Harbor registry.

Where Harbor is and who logs in comes from the environment: HARBOR_URL,
HARBOR_USERNAME, and HARBOR_PASSWORD or HARBOR_PASSWORD_FILE. On a terminal, a
password that is not set is asked for. Begin with "harbor-users check".
"""
_EPILOG = """\
"harbor-users COMMAND --help" describes a command. Data goes to standard output,
everything else to standard error. Exit status: 0 all done, 1 something failed,
2 wrong usage, 3 there is something to change (plan --exit-code).

examples:
  harbor-users list --query sysadmin_flag=true --format csv
  harbor-users apply people.csv --passwords new-passwords.csv
"""
_FILE_FORMAT = """\
FILE is what a spreadsheet saves as CSV or text. Its first line names the
columns:

  username       needed; a row without one is about the user with its email
  email          needed for a new user
  realname       full name; a new user without one gets the user name
  comment        at most 30 bytes; CLEAR erases it
  password       needed for a new user, unless --passwords makes one
  sysadmin_flag  (or admin) yes or no: system administrator
  state          present or absent; absent removes the user

An empty cell leaves alone what is there.
"""


class _NoPassword(argparse.Action):
    """Refuses a password on the command line, without repeating it."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> NoReturn:
        parser.error(
            "a password on the command line can be read by everybody on this machine: set HARBOR_PASSWORD, give "
            "--password-file FILE, or wait to be asked for it"
        )


def _columns(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in COLUMNS:
            raise argparse.ArgumentTypeError(f"unknown column {name!r}; known: {', '.join(COLUMNS)}")
    return names


def _renamed(text: str) -> tuple[str, str | None]:
    header, _, column = text.rpartition("=")
    if not header:
        raise argparse.ArgumentTypeError(f"{text!r} is not HEADER=COLUMN, such as Kennung=username")
    return header, column or None


def _delimiter(text: str) -> str:
    delimiter = {"tab": "\t", "\\t": "\t"}.get(text.lower(), text)
    if len(delimiter) != 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not one character, or 'tab'")
    return delimiter


def _connection() -> argparse.ArgumentParser:
    """The options that every command takes, before or after its name."""
    parser = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    group = parser.add_argument_group("connection")
    group.add_argument("--host", metavar="URL", help="Harbor's URL, such as https://harbor.example.com (HARBOR_URL)")
    group.add_argument("--user", metavar="NAME", help="log in as this user (HARBOR_USERNAME)")
    group.add_argument("--password-file", metavar="FILE", help="read the password from FILE (HARBOR_PASSWORD_FILE)")
    group.add_argument("--ca-cert", metavar="FILE", help="trust the authorities in this PEM file (HARBOR_CA_CERT)")
    group.add_argument("--timeout", metavar="SECONDS", help="bound the time of each call (HARBOR_TIMEOUT)")
    group.add_argument("--debug", action="store_true", help="log each request to standard error, without secrets")
    group.add_argument("--password", "-p", nargs="?", action=_NoPassword, help=argparse.SUPPRESS)
    return parser


def _add_dry_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", "-n", action="store_true", help="only say what would be done")


def _add_missing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--missing",
        choices=("report", "error"),
        default="report",
        help="whether it is a failure that there is no such user to remove (default: %(default)s)",
    )


def _add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=FORMATS, default="table", help="(default: %(default)s)")


def _add_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="the users, as described above")
    parser.add_argument(
        "--passwords",
        metavar="OUT",
        help="make a password for each new user whose row has none, and write username,password to OUT, which only "
        "you can read",
    )
    parser.add_argument("--update-passwords", action="store_true", help="set the passwords of existing users, too")
    _add_missing(parser)
    reading = parser.add_argument_group("reading FILE")
    reading.add_argument("--encoding", help="such as cp1252 (Excel on Windows); UTF-8 and UTF-16 are recognized")
    reading.add_argument("--delimiter", type=_delimiter, metavar="CHARACTER", help="',', ';' and 'tab' are recognized")
    reading.add_argument(
        "--column",
        type=_renamed,
        action="append",
        default=[],
        dest="renamed",
        metavar="HEADER=COLUMN",
        help="take the column HEADER for COLUMN, such as Kennung=username; without COLUMN, ignore it; may be repeated",
    )


def _check(parser: argparse.ArgumentParser) -> None:
    pass


def _list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--query", "-q", metavar="QUERY", help="such as email=~@example.com")
    parser.add_argument("--without-admin", action="store_true", help="leave out the built-in administrator")
    _add_format(parser)
    parser.add_argument(
        "--columns", type=_columns, default=DEFAULT_COLUMNS, metavar="NAME,...", help=f"of {', '.join(COLUMNS)}"
    )


def _show(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("who", metavar="NAME|ID|ADDRESS")
    _add_format(parser)


def _plan(parser: argparse.ArgumentParser) -> None:
    _add_file(parser)
    parser.add_argument("--exit-code", action="store_true", help="exit with 3 if there is something to change")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="(default: %(default)s)")


def _apply(parser: argparse.ArgumentParser) -> None:
    _add_file(parser)
    parser.add_argument("--yes", "-y", action="store_true", help="do not ask")
    parser.add_argument("--on-error", choices=("stop", "continue"), default="stop", help="(default: %(default)s)")
    _add_dry_run(parser)


def _remove(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--file", metavar="FILE", help="names (or addresses), one a line, or a column of a CSV file")
    parser.add_argument("--by", choices=("name", "email"), default="name", help="what is given (default: %(default)s)")
    _add_missing(parser)
    parser.add_argument("--on-error", choices=("stop", "continue"), default="continue", help="(default: %(default)s)")
    _add_dry_run(parser)


def _password(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--self", action="store_true", dest="own", help="the user who logs in")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--from-file", metavar="FILE", help="read the new password from FILE")
    source.add_argument("--generate", metavar="OUT", help="make one for each and keep them in OUT (username,password)")
    _add_dry_run(parser)


def _admin(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="+", metavar="NAME")
    switch = parser.add_mutually_exclusive_group(required=True)
    switch.add_argument("--on", action="store_true", help="make them system administrators")
    switch.add_argument("--off", action="store_false", dest="on", help="make them ordinary users")
    _add_dry_run(parser)


class _Command(NamedTuple):
    fill: Callable[[argparse.ArgumentParser], None]
    summary: str
    description: str
    examples: tuple[str, str]


_COMMANDS = {
    "check": _Command(
        _check,
        "see whether Harbor can be reached, and what you may do there",
        "Tries the connection, the login and your rights, and says what to do about a\nfailure. Changes nothing.",
        ("", "--host https://harbor.example.com --user admin"),
    ),
    "list": _Command(
        _list,
        "list users",
        "Lists every user once, the built-in administrator first, or those whom a query\n"
        "selects: field=value, field=~part, field=[low~high] or field={one two}, joined\n"
        "with commas.",
        ("--query sysadmin_flag=true", "--columns username,email --format csv"),
    ),
    "show": _Command(
        _show,
        "show a user",
        "Looks for a user of this name, then this address, then this id.",
        ("alice", "alice@example.com --format json"),
    ),
    "plan": _Command(
        _plan,
        "show what apply would do with a file",
        _FILE_FORMAT,
        ("people.csv", "people.csv --exit-code --format json"),
    ),
    "apply": _Command(
        _apply,
        "create, change and remove users as a file says",
        "Shows the plan and asks before it changes anything. Applying a file again\nchanges nothing more.\n\n"
        + _FILE_FORMAT,
        ("people.csv --passwords new-passwords.csv", "people.csv --yes --on-error continue"),
    ),
    "remove": _Command(
        _remove,
        "remove users",
        "Names are exact, upper and lower case included; addresses match in any case.\n"
        "Users who do not exist are reported. Nobody can remove the own account, the\n"
        "built-in administrator, or the last administrator.",
        ("alice bob", "--file leavers.txt --by email --dry-run"),
    ),
    "password": _Command(
        _password,
        "give users, or yourself, a new password",
        "Asks for the new password on a terminal, reads it from a file, or makes one.\n"
        "Harbor accepts 8 to 128 bytes with a lower-case letter, an upper-case letter\n"
        "and a digit.",
        ("alice --from-file new-password.txt", "alice bob --generate new-passwords.csv"),
    ),
    "admin": _Command(
        _admin,
        "make users system administrators, or take that away",
        "",
        ("alice --on", "alice bob --off --dry-run"),
    ),
}


def build(arguments: Sequence[str] | None = None) -> argparse.ArgumentParser:
    """The parser; if ``arguments`` are given, only commands that occur there know their own arguments."""
    connection = _connection()
    parser = argparse.ArgumentParser(
        prog=PROG,
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[connection],
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    parser.add_argument("--print-completion", choices=("bash", "zsh", "tcsh"), help="print a completion script")
    commands = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND", prog=PROG)
    for name, command in _COMMANDS.items():
        if arguments is not None and name not in arguments:
            commands.add_parser(name, help=command.summary)
            continue
        command.fill(
            commands.add_parser(
                name,
                help=command.summary,
                description=f"{command.summary[0].upper()}{command.summary[1:]}.\n\n{command.description}".rstrip(),
                epilog="\n".join(["examples:", *(f"  {PROG} {name} {e}".rstrip() for e in command.examples)]),
                formatter_class=argparse.RawDescriptionHelpFormatter,
                parents=[connection],
                allow_abbrev=False,
            )
        )
    return parser
