"""Administer the users of a Harbor registry.

Where Harbor is and who logs in comes from the environment: HARBOR_URL,
HARBOR_USERNAME, and HARBOR_PASSWORD or HARBOR_PASSWORD_FILE. On a terminal, a
password that is not set is asked for. Begin with "harbor-users check".

"harbor-users COMMAND --help" describes a command. Data goes to standard output,
everything else to standard error. Exit status: 0 all done, 1 something failed,
2 wrong usage, 3 there is something to change (plan --exit-code).

examples:
  harbor-users list --query sysadmin_flag=true --format csv
  harbor-users apply people.csv --passwords new-passwords.csv
"""

# This text, and those of the functions that add the arguments of the commands, are what --help shows.

from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from collections.abc import Sequence
from textwrap import dedent
from typing import Any, NoReturn

from harbor_client._version import __version__

PROG = "harbor-users"
#: The columns that ``list`` and ``show`` know.
COLUMNS = ["user_id", "username", "email", "realname", "comment", "sysadmin_flag", "creation_time", "update_time"]
_DEFAULT_COLUMNS = "user_id,username,email,realname,sysadmin_flag,creation_time"
_KEPT = "and keep them in OUT (username,password), which only you can read"
#: Environment variables, with the options that stand for them and what they mean.
SETTINGS = {
    "HARBOR_URL": ("--host", "Harbor's URL, such as https://harbor.example.com"),
    "HARBOR_USERNAME": ("--user", "who logs in"),
    "HARBOR_PASSWORD_FILE": ("--password-file", "a file with the password"),
    "HARBOR_CA_CERT": ("--ca-cert", "a PEM file with the certificate authorities to trust"),
    "HARBOR_TIMEOUT": ("--timeout", "seconds for each call"),
}


def _check(_: ArgumentParser) -> None:
    """See whether Harbor can be reached, and what you may do there.

    Tries the connection, the login and your rights, and says what to do about a
    failure. Changes nothing.

    examples:
      harbor-users check
      harbor-users check --host https://harbor.example.com --user admin
    """


def _list(parser: ArgumentParser) -> None:
    """List users.

    Lists every user once, the built-in administrator first, or those that a query
    selects: field=value, field=~part, field=[low~high] or field={one two}, joined
    with commas.

    examples:
      harbor-users list --query sysadmin_flag=true
      harbor-users list --columns username,email --format csv
    """
    parser.add_argument("--query", "-q", help="such as email=~@example.com")
    parser.add_argument("--without-admin", action="store_true", help="leave out the built-in administrator")
    parser.add_argument("--columns", type=_columns, default=_DEFAULT_COLUMNS, help=f"of {', '.join(COLUMNS)}")
    _add_choice(parser, "--format", "", "table", "csv", "json")


def _show(parser: ArgumentParser) -> None:
    """Show a user and the roles in projects.

    Looks for a user of this name, then this address, then this ID.

    examples:
      harbor-users show alice
      harbor-users show alice@example.com --format json
    """
    parser.add_argument("who", metavar="NAME|ID|ADDRESS")
    parser.add_argument("--no-roles", action="store_true", help="do not look through the projects")
    _add_choice(parser, "--format", "", "table", "csv", "json")


def _plan(parser: ArgumentParser) -> None:
    """Show what apply would do with a file.

    Changes nothing. "harbor-users apply --help" describes FILE.

    examples:
      harbor-users plan people.csv
      harbor-users plan people.csv --exit-code --format json
    """
    _add_file(parser)
    parser.add_argument("--exit-code", action="store_true", help="exit with 3 if there is something to change")
    _add_choice(parser, "--format", "", "text", "json")


def _apply(parser: ArgumentParser) -> None:
    """Create, change and remove users as a file says.

    Shows the plan and asks before it changes anything. Applying a file again
    changes nothing more. FILE is what a spreadsheet saves as CSV or text. Its first
    line names the columns:

      username       required; a row without one stands for the user with its email
      email          required for a new user
      realname       full name; a new user without one gets the username
      comment        at most 30 bytes; CLEAR erases it
      password       required for a new user, unless --passwords generates one
      sysadmin_flag  (or admin) yes or no: system administrator
      state          present or absent; absent removes the user
      roles          such as library=developer; team-a=guest (none takes one away)

    An empty cell leaves the present value alone.

    examples:
      harbor-users apply people.csv --passwords new-passwords.csv
      harbor-users apply people.csv --yes --on-error continue
    """
    _add_file(parser)
    parser.add_argument("--yes", "-y", action="store_true", help="do not ask")
    _add_choice(parser, "--on-error", "after a failure", "stop", "continue")


def _remove(parser: ArgumentParser) -> None:
    """Remove users.

    Names are exact, upper and lower case included; addresses match in any case.
    Users who do not exist are reported. Your own account, the built-in
    administrator and the last administrator are never removed.

    examples:
      harbor-users remove alice bob
      harbor-users remove --file leavers.txt --by email --dry-run
    """
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--file", help="names (or addresses), one a line, or a column of a CSV file")
    _add_encoding(parser)
    _add_choice(parser, "--by", "what is given", "username", "email")
    _add_choice(parser, "--missing", "what to do if a user does not exist", "report", "error")
    _add_choice(parser, "--on-error", "after a failure", "continue", "stop")


def _password(parser: ArgumentParser) -> None:
    """Give users, or yourself, a new password.

    Asks for the new password on a terminal, reads it from a file, or generates one.
    Harbor accepts 8 to 128 bytes with a lowercase letter, an uppercase letter
    and a digit.

    examples:
      harbor-users password alice --from-file new-password.txt
      harbor-users password alice bob --generate new-passwords.csv
    """
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--self", action="store_true", dest="own", help="the user who logs in")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--from-file", metavar="FILE", help="read the new password from FILE")
    source.add_argument("--generate", metavar="OUT", help=f"generate one for each, {_KEPT}")


def _admin(parser: ArgumentParser) -> None:
    """Make users system administrators, or take that away.

    Neither your own account nor the last administrator is demoted.

    examples:
      harbor-users admin alice --on
      harbor-users admin alice bob --off --dry-run
    """
    parser.add_argument("names", nargs="+", metavar="NAME")
    switch = parser.add_mutually_exclusive_group(required=True)
    switch.add_argument("--on", action="store_true", help="make them system administrators")
    switch.add_argument("--off", action="store_true", help="make them ordinary users")


def _roles(parser: ArgumentParser) -> None:
    """List, add or remove the roles of a user in projects.

    roles list NAME, roles add NAME PROJECT ROLE, or roles remove NAME PROJECT.
    Adding a role replaces the one that the user has in the project. ROLE is
    project_admin, maintainer, developer, guest or limited_guest.

    examples:
      harbor-users roles list alice
      harbor-users roles add alice library developer
    """
    parser.add_argument("action", choices=("list", "add", "remove"))
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("project", nargs="?", metavar="PROJECT")
    parser.add_argument("role", nargs="?", metavar="ROLE")
    _add_choice(parser, "--format", "", "table", "csv", "json")


def _add_file(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="the file with the users")
    parser.add_argument("--passwords", metavar="OUT", help=f"generate passwords for new users without one, {_KEPT}")
    parser.add_argument("--update-passwords", action="store_true", help="set the passwords of existing users, too")
    _add_encoding(parser)
    parser.add_argument("--delimiter", help="the delimiter, if not comma, semicolon or tab")
    column = "use column HEADER as COLUMN (may be repeated); HEADER= ignores it"
    parser.add_argument("--column", action="append", default=[], type=_renamed, metavar="HEADER=COLUMN", help=column)
    _add_choice(parser, "--missing", "what to do if a user to remove does not exist", "report", "error")


def _add_encoding(parser: ArgumentParser) -> None:
    parser.add_argument("--encoding", help="such as cp1252 (Excel on Windows); UTF-8 and UTF-16 are recognized")


def _add_choice(parser: ArgumentParser, name: str, text: str, *choices: str) -> None:
    parser.add_argument(name, choices=choices, default=choices[0], help=f"{text} (default: {choices[0]})".lstrip())


def _columns(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",")]
    if unknown := [name for name in names if name not in COLUMNS]:
        raise ArgumentTypeError(f"unknown column {unknown[0]!r}; known: {', '.join(COLUMNS)}")
    return names


def _renamed(text: str) -> tuple[str, str | None]:
    header, _, column = text.rpartition("=")
    if not header:
        raise ArgumentTypeError(f"{text!r} is not HEADER=COLUMN, such as Kennung=username")
    return header, column or None


def _refuse_password(_: str) -> NoReturn:
    raise ArgumentTypeError("everybody on this machine could read it: set HARBOR_PASSWORD or give --password-file FILE")


_WRITING = (_apply, _remove, _password, _admin, _roles)
_COMMANDS = (_check, _list, _show, _plan, *_WRITING)


def build(arguments: Sequence[str] | None = None) -> ArgumentParser:
    """The parser; if ``arguments`` are given, only commands that occur there know their own arguments."""
    connection = ArgumentParser(add_help=False, argument_default=SUPPRESS)  # before or after the command's name
    group = connection.add_argument_group("connection")
    for name, (option, text) in SETTINGS.items():
        group.add_argument(option, dest=name, metavar=name.rpartition("_")[2], help=f"{text} ({name})")
    group.add_argument("--debug", action="store_true", help="log each request to standard error, without secrets")
    group.add_argument("--password", "-p", type=_refuse_password, help=SUPPRESS)
    # Abbreviations are off, as --password must not be taken for --password-file.
    common: Any = {"parents": [connection], "formatter_class": RawDescriptionHelpFormatter, "allow_abbrev": False}
    parser = ArgumentParser(prog=PROG, **_texts(__doc__), **common)
    parser.add_argument("--version", action="version", version=f"{PROG} {__version__}")
    parser.add_argument("--print-completion", choices=("bash", "zsh", "tcsh"), help="print a completion script")
    commands = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND", prog=PROG)
    for command in _COMMANDS:
        name, texts = command.__name__.strip("_"), _texts(command.__doc__)
        summary = texts["description"].partition(".\n")[0]
        added = commands.add_parser(name, help=f"{summary[:1].lower()}{summary[1:]}", **texts, **common)
        if arguments is None or name in arguments:
            command(added)
            if command in _WRITING:
                added.add_argument("--dry-run", "-n", action="store_true", help="only say what would be done")
    return parser


def _texts(documentation: str | None) -> dict[str, Any]:
    """The parts of a text before and after the arguments."""
    first, _, rest = (documentation or "").partition("\n")
    description, _, examples = dedent(rest).partition("examples:\n")
    return {"description": f"{first}\n{description}", "epilog": f"examples:\n{examples}"}
