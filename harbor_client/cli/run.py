"""The commands of ``harbor-users``: each calls :class:`harbor_client.Users` and shows what it says."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from harbor_client import ApiClient, ApiException, Configuration, NotFoundException, Users
from harbor_client.cli.parser import COLUMNS, SETTINGS
from harbor_client.cli.terminal import (
    Progress,
    ask_password,
    confirm,
    prepare,
    progress,
    show_json,
    show_lines,
    show_object,
    show_rows,
    tell,
)
from harbor_client.models import UserResp
from harbor_client.users import GENERATE, Change, PasswordFile, Plan, Run, UserRow, describe, read_names


class WrongUse(Exception):
    """What was typed, a file, or the environment is wrong. Nothing was changed."""


@contextmanager
def _refusals() -> Iterator[None]:
    """What the body refuses is wrong use."""
    try:
        yield
    except (ValueError, TypeError, OSError) as error:
        raise WrongUse(str(error)) from None


def run(options: argparse.Namespace) -> int:
    """Carry out a command; returns the exit status."""
    prepare()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # who is terminated says what was done, too
    try:
        with ApiClient(_configuration(options)) as client:
            status = _COMMANDS[options.command](Users(client), options)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        raise
    except WrongUse as error:
        tell(str(error))
        return 2
    except ApiException as error:
        tell(describe(error))
        if options.debug:
            sys.stderr.write(str(error))
    except (ValueError, TypeError, OSError) as error:
        tell(str(error))
    except KeyboardInterrupt:
        tell("interrupted")
    return 1


def _configuration(options: argparse.Namespace) -> Configuration:
    """The environment's settings with the options in their place. A password that lacks is asked for."""
    environ = dict(os.environ)
    options.debug = hasattr(options, "debug")
    for name, variable in SETTINGS.items():
        if hasattr(options, name):
            environ[variable] = getattr(options, name)
    if hasattr(options, "password_file"):
        environ.pop("HARBOR_PASSWORD", None)
    with _refusals():
        user, url = environ.get("HARBOR_USERNAME"), environ.get("HARBOR_URL")
        if url and not user:
            raise ValueError("HARBOR_USERNAME is not set: set it, or give --user NAME")
        known = environ.get("HARBOR_PASSWORD") or environ.get("HARBOR_PASSWORD_FILE")
        if url and not known and sys.stdin.isatty():
            environ["HARBOR_PASSWORD"] = ask_password(f"Password of {user} at {url}")
        configuration = _from_env(environ, options)
    configuration.debug = options.debug
    return configuration


def _from_env(environ: dict[str, str], options: argparse.Namespace) -> Configuration:
    try:
        return Configuration.from_env(environ)
    except ValueError as error:
        message = str(error)
        for name, variable in SETTINGS.items():
            if hasattr(options, name) and message.startswith(f"{variable}: "):
                message = f"--{name.replace('_', '-')}{message.removeprefix(variable)}"
        raise ValueError(message) from None


def _check(users: Users, options: argparse.Namespace) -> int:
    status = 0
    for finding in users.check():
        show_lines(finding, sys.stdout)
        status = status if finding.ok else 1
    return status


def _list(users: Users, options: argparse.Namespace) -> int:
    with _refusals():
        found = users.iterate(options.query, include_admin=not options.without_admin)
    total = None
    if sys.stderr.isatty() and (options.without_admin or not options.query):
        total = users.count(options.query) + (not options.without_admin)
    with progress(total) as bar:

        def rows() -> Iterator[dict[str, Any]]:
            for user in found:
                bar.update(1)
                yield {name: getattr(user, name) for name in options.columns}

        show_rows(rows(), options.columns, options.format)
    return 0


def _show(users: Users, options: argparse.Namespace) -> int:
    user = _who(users, options.who)
    show_object({name: getattr(user, name) for name in COLUMNS}, options.format)
    return 0


def _who(users: Users, who: str) -> UserResp:
    """The user of this name, this address, or this id."""
    found = users.find(who)
    if found is None and "@" in who:
        found = users.find(email=who)
    return found or users.get(int(who) if who.isdecimal() else who)


def _plan(users: Users, options: argparse.Namespace) -> int:
    plan = _planned(users, options)
    if options.format == "json":
        show_json(plan.to_dict())
    else:
        show_lines(plan, sys.stdout)
    if plan.counts["failed"]:
        return 1
    return 3 if options.exit_code and plan.has_changes else 0


def _planned(users: Users, options: argparse.Namespace) -> Plan:
    """What a file would change."""
    with _refusals(), progress(None) as bar:
        return users.plan(
            options.file,
            progress=bar,
            update_password="always" if options.update_passwords else "on_create",
            generate_passwords=options.passwords is not None,
            missing=options.missing,
            encoding=options.encoding,
            delimiter=options.delimiter,
            columns=dict(options.renamed),
        )


def _apply(users: Users, options: argparse.Namespace) -> int:
    if not (options.yes or options.dry_run or sys.stdin.isatty()):
        raise WrongUse("there is no terminal to ask on: give --yes to apply without asking, or --dry-run to look only")
    with _refusals():
        sink = PasswordFile(options.passwords) if options.passwords else None
    plan = _planned(users, options)
    show_lines(plan, sys.stderr)
    if plan.counts["failed"] and options.on_error == "stop":
        tell("Nothing was changed. Correct the rows marked with !, or apply the others with --on-error continue.")
        return 1
    if options.dry_run or not plan.has_changes:
        return 1 if plan.counts["failed"] else 0
    if not (options.yes or confirm("Apply these changes?")):
        tell("Nothing was changed.")
        return 1
    return _carry_out(
        lambda bar: plan.apply(on_error=options.on_error, progress=bar, on_password=sink), len(plan.changes)
    )


def _remove(users: Users, options: argparse.Namespace) -> int:
    if bool(options.names) == bool(options.file):
        raise WrongUse("remove takes either names or --file FILE")
    with _refusals():
        names = options.names or read_names(options.file, "email" if options.by == "email" else "username")
    if options.by == "email":
        rows = [UserRow(email=name, state="absent") for name in names]
    else:
        rows = [UserRow(name, state="absent") for name in names]
    if not rows:
        raise WrongUse(f"{options.file} names nobody")
    return _carry_out(
        lambda bar: users.apply(
            rows, on_error=options.on_error, progress=bar, missing=options.missing, dry_run=options.dry_run
        ),
        len(rows),
    )


def _carry_out(start: Callable[[Progress], Run], total: int) -> int:
    """Show each change as it is made, and in the end, whatever ends it, what was done and what was not."""
    run: Run | None = None
    try:
        with progress(total) as bar:
            run = start(bar)
            for change in run:
                bar.write(change)
    except BaseException as error:
        if run is not None and (run.counts or not isinstance(error, ApiException)):  # which says so itself
            tell(_counted(run, total))
        if isinstance(error, KeyboardInterrupt):
            tell("The one under way may have been done. Do it again: what is done already is found so.")
        raise
    tell(_counted(run, total))
    return 1 if run.failed else 0


def _counted(run: Run, total: int) -> str:
    done = ", ".join(f"{count} {action.replace('_', ' ')}" for action, count in run.counts.items()) or "nothing done"
    left = total - run.counts.total()
    return f"{done}; {left} of {total} were not done" if left else done


def _password(users: Users, options: argparse.Namespace) -> int:
    if bool(options.names) == options.own or (len(options.names) > 1 and not options.generate):
        raise WrongUse("password takes one NAME, or --self; several names with --generate OUT")
    with _refusals():
        sink = PasswordFile(options.generate) if options.generate else None
        if options.generate:
            new: Any = GENERATE
        elif options.from_file:
            with open(options.from_file, encoding="utf-8-sig") as file:
                new = file.read().rstrip("\r\n")
        elif options.dry_run:
            new = GENERATE
        elif sys.stdin.isatty():
            new = ask_password(f"New password of {options.names[0] if options.names else 'yourself'}", twice=True)
        else:
            raise ValueError("there is no terminal to ask for the password on: give --from-file FILE or --generate OUT")
    who = [users.api.get_current_user_info().user_id] if options.own else options.names
    return _each(who, lambda one: users.change_password(one, new, on_password=sink, dry_run=options.dry_run))


def _admin(users: Users, options: argparse.Namespace) -> int:
    return _each(options.names, lambda one: users.patch(one, sysadmin_flag=options.on, dry_run=options.dry_run))


def _each(who: list[Any], change: Callable[[Any], Change]) -> int:
    """Change users one by one. Who does not exist, or must not be changed, keeps the others from nothing."""
    status = 0
    for one in who:
        try:
            show_lines(change(one), sys.stdout)
        except (NotFoundException, ValueError) as error:
            tell(f"{one}: {describe(error)}")
            status = 1
    return status


_COMMANDS: dict[str, Callable[[Users, argparse.Namespace], int]] = {
    "check": _check,
    "list": _list,
    "show": _show,
    "plan": _plan,
    "apply": _apply,
    "remove": _remove,
    "password": _password,
    "admin": _admin,
}
