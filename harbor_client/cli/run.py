"""The commands of ``harbor-users``: each calls :class:`harbor_client.Users` and shows what it says."""

import json
import os
import signal
import sys
from argparse import Namespace
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from harbor_client import ApiClient, ApiException, Configuration, Users
from harbor_client.cli import terminal
from harbor_client.cli.parser import COLUMNS, SETTINGS
from harbor_client.cli.terminal import show_lines, show_rows, tell
from harbor_client.configuration.settings import secret_in
from harbor_client.passwords import require
from harbor_client.users import GENERATE, Change, Generate, PasswordFile, Plan, UserRow, describe, read_names


def run(options: Namespace) -> int:
    """Carry out a command; returns the exit status."""
    for name in ("SIGTERM", "SIGHUP"):  # a run that is ended in these ways reports what was done, too
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number and signal.getsignal(number) == signal.SIG_DFL:  # else under nohup
            signal.signal(number, signal.default_int_handler)
    client: ApiClient | None = None
    try:
        with ApiClient(_configuration(options)) as client:
            return _COMMANDS[options.command](Users(client), options)
    except ApiException as error:
        tell(describe(error))
        if options.debug:
            sys.stderr.write(str(error))
    except BrokenPipeError:
        raise
    except (ValueError, TypeError, OSError) as error:
        tell(str(error))
        if client is None or client.last_response is None:  # wrong use: what was typed, a file, or the environment
            return 2
    return 1


def _configuration(options: Namespace) -> Configuration:
    """The environment's settings, with options taking precedence. Asks for a password that is missing."""
    given = {name: value for name, value in vars(options).items() if name in SETTINGS}
    environ = {**os.environ, **given}
    if "HARBOR_PASSWORD_FILE" in given:
        environ.pop("HARBOR_PASSWORD", None)
    user, url = environ.get("HARBOR_USERNAME"), environ.get("HARBOR_URL")
    if url and not user:
        raise ValueError("HARBOR_USERNAME is not set: set it, or give --user NAME")
    known = environ.get("HARBOR_PASSWORD") or environ.get("HARBOR_PASSWORD_FILE")
    if url and not known and sys.stdin.isatty():
        environ["HARBOR_PASSWORD"] = terminal.ask_password(f"Password of {user} at {url}")
    configuration = Configuration.from_env(environ)
    configuration.debug = options.debug = hasattr(options, "debug")
    return configuration


def _check(users: Users, options: Namespace) -> int:
    status = 0
    for finding in users.check():
        show_lines(finding)
        status |= not finding.ok
    return status


def _list(users: Users, options: Namespace) -> int:
    found = users.iterate(options.query, include_admin=not options.without_admin)
    with terminal.progress(users.count(options.query) if sys.stderr.isatty() else None) as advance:

        def rows() -> Iterator[dict[str, Any]]:
            for user in found:
                advance(user.user_id != 1)  # whom Harbor does not count
                yield {name: getattr(user, name) for name in options.columns}

        show_rows(rows(), options.columns, options.format)
    return 0


def _show(users: Users, options: Namespace) -> int:
    who = options.who
    found = users.find(who) or (users.find(email=who) if "@" in who else None)
    user = found or users.get(int(who) if who.isdecimal() else who)
    row: dict[str, Any] = {name: getattr(user, name) for name in COLUMNS}
    if not options.no_roles:
        row["roles"] = {one.project: one.role for one in users.memberships(user.user_id or 0, concurrency=4)}
    if options.format == "table":
        show_rows([{"field": name, "value": row[name]} for name in row], ["field", "value"], "table")
    else:
        show_rows([row], list(row), options.format)
    return 0


def _planned(users: Users, options: Namespace) -> Plan:
    """What a file would change."""
    how: dict[str, Any] = {name: getattr(options, name) for name in ("missing", "encoding", "delimiter")}
    how["columns"] = dict(options.column)
    how["update_password"] = "always" if options.update_passwords else "on_create"
    with terminal.progress(None) as advance:
        how["progress"] = lambda done, total: advance(1)
        return users.plan(options.file, generate_passwords=bool(options.passwords), **how)


def _plan(users: Users, options: Namespace) -> int:
    plan = _planned(users, options)
    if options.format == "json":
        print(json.dumps(plan.to_dict(), ensure_ascii=False, indent=2, default=str))
    else:
        show_lines(plan)
    changes = options.exit_code and plan.has_changes
    return 1 if plan.counts["failed"] else 3 if changes else 0


def _apply(users: Users, options: Namespace) -> int:
    if not (options.yes or options.dry_run or sys.stdin.isatty()):
        raise ValueError("there is no terminal to ask on: give --yes to apply without asking, or --dry-run to look")
    sink = PasswordFile(options.passwords) if options.passwords else None
    plan = _planned(users, options)
    show_lines(plan, sys.stderr)
    if plan.counts["failed"] and options.on_error == "stop":
        tell("Nothing was changed. Correct the rows marked with !, or apply the others with --on-error continue.")
        return 1
    if options.dry_run or not plan.has_changes:
        return 1 if plan.counts["failed"] else 0
    if not (options.yes or terminal.confirm("Apply these changes?")):
        tell("Nothing was changed.")
        return 1
    return _carry_out(plan.apply(on_error=options.on_error, on_password=sink), len(plan.changes), dry_run=False)


def _remove(users: Users, options: Namespace) -> int:
    if bool(options.names) == bool(options.file):
        raise ValueError("remove takes either names or --file FILE")
    names: list[Any] = read_names(options.file, options.by, options.encoding) if options.file else options.names
    if not names:
        raise ValueError(f"{options.file} names nobody")
    rows = [UserRow(state="absent", **{options.by: name}) for name in names]
    run = users.apply(rows, on_error=options.on_error, missing=options.missing, dry_run=options.dry_run)
    return _carry_out(run, len(rows), options.dry_run)


def _carry_out(changes: Iterable[Change], total: int, dry_run: bool) -> int:
    """Show each change as it is made, and in the end, whatever ends it, what was done and what was not."""
    counts: Counter[str] = Counter()
    try:
        with terminal.progress(total) as advance:
            for change in changes:
                counts[change.action] += 1
                terminal.show_above_progress(change)
                advance(1)
    except KeyboardInterrupt:
        tell("The change under way may have been made. Run the command again: it skips what is already done.")
        raise
    finally:
        left = total - counts.total()
        if counts or not isinstance(sys.exc_info()[1], Exception):  # else the error's message is enough
            done = ", ".join(f"{count} {action.replace('_', ' ')}" for action, count in counts.items())
            before = "dry run (nothing was changed): " if dry_run else ""
            tell(f"{before}{done or 'nothing done'}{f'; {left} of {total} were not done' if left else ''}")
    return 1 if counts["failed"] else 0


def _password(users: Users, options: Namespace) -> int:
    if bool(options.names) == options.own or (len(options.names) > 1 and not options.generate):
        raise ValueError("password takes one NAME, or --self; several names with --generate OUT")
    sink = PasswordFile(options.generate) if options.generate else None
    new: str | Generate = GENERATE
    if options.from_file:
        new = secret_in(options.from_file)
    elif not (options.generate or options.dry_run):
        if not sys.stdin.isatty():
            raise ValueError("there is no terminal to ask for the password on: give --from-file or --generate")
        new = terminal.ask_password("New password", twice=True)
    if isinstance(new, str):
        require(new)
    names: list[str] = [users.api.get_current_user_info().username or ""] if options.own else options.names
    return _each(users, options, names, users.change_password, new_password=new, on_password=sink)


def _admin(users: Users, options: Namespace) -> int:
    return _each(users, options, options.names, users.patch, sysadmin_flag=options.on)


def _each(users: Users, options: Namespace, names: list[str], change: Callable[..., Change], **how: Any) -> int:
    """Change users one by one; none, if one of them does not exist."""
    for name in names:
        users.get(name)
    return _carry_out((change(name, dry_run=options.dry_run, **how) for name in names), len(names), options.dry_run)


def _roles(users: Users, options: Namespace) -> int:
    user, project, role = options.name, options.project, options.role
    if [project, role].count(None) != {"list": 2, "remove": 1, "add": 0}[options.action]:
        raise ValueError("roles list NAME, roles add NAME PROJECT ROLE, or roles remove NAME PROJECT")
    if options.action == "list":
        found = [{"project": one.project, "role": one.role} for one in users.memberships(user, concurrency=4)]
        show_rows(found, ["project", "role"], options.format)
        return 0
    if options.action == "add":
        show_lines(users.ensure_member(project, user, role, dry_run=options.dry_run))
    else:
        show_lines(users.ensure_not_member(project, user, dry_run=options.dry_run))
    return 0


_COMMANDS = {one.__name__[1:]: one for one in (_check, _list, _show, _plan, _apply, _remove, _password, _admin, _roles)}
