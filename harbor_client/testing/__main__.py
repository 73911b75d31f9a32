"""``python -m harbor_client.testing``: a fake Harbor on its own, until Ctrl+C."""

import argparse
import signal
import sys
import threading
from collections.abc import Sequence

from ._api.settings import AUTH_MODES
from ._harbor import FakeHarbor


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m harbor_client.testing",
        description="Serve Harbor's API of users and projects from memory, until interrupted.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8080, help="0 for any free port (default: %(default)s)")
    parser.add_argument("--version", default="2.16.0", help="the Harbor version to imitate (default: %(default)s)")
    parser.add_argument("--https", action="store_true", help="serve HTTPS with a certificate authority of its own")
    parser.add_argument("--users", type=int, default=0, metavar="N", help="start with this many users")
    parser.add_argument("--admin-password", default="Harbor12345", help="of the user admin (default: %(default)s)")
    parser.add_argument("--auth-mode", choices=AUTH_MODES, default="db_auth", help="(default: %(default)s)")
    parser.add_argument("--self-registration", action="store_true", help="let people register themselves")
    parser.add_argument("--read-only", action="store_true", help="reject writes")
    parser.add_argument("--lock-seconds", type=float, default=1.5, help="after a wrong password (default: %(default)s)")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted or terminated; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        settings = {name: value for name, value in vars(options).items() if name != "users"}
        harbor = FakeHarbor(**settings)
        harbor.add_users(options.users)
        harbor.start()
    except (ValueError, OverflowError, OSError) as error:
        print(f"cannot start: {error}", file=sys.stderr)
        return 1
    done = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: done.set())
    with harbor:
        print(f"A fake Harbor {harbor.version} is listening on {harbor.url}")
        print(f"  log in as admin with the password {options.admin_password}")
        if options.users:
            print(f"  it has {options.users} users, each with the password Passw0rd1")
        if options.https:
            print(f"  its certificate authority is {harbor.ca_cert}")
        if not harbor.only_local:
            print(f"  WARNING: bound to {harbor.host}, so other machines can reach it; it is not meant for that")
        print("Press Ctrl+C to stop.", flush=True)
        done.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
