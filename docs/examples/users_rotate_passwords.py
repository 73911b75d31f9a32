"""Give users new passwords, and write these to a CSV file that nobody else can read.

    python users_rotate_passwords.py new-passwords.csv alice bob ...

rotate_passwords.py, written with Users: passwords that Harbor accepts in any case, users found by exact name, admin
among them, and one's own password, after which the client goes on with the new one. A password is in the file before
Harbor learns of it. Reads the HARBOR_* variables; exit status 1 when one was not changed.
"""

from __future__ import annotations

import argparse
import sys

from harbor_client import GENERATE, ApiClient, ApiException, Configuration, PasswordFile, UserRow, Users


def main() -> int:
    parser = argparse.ArgumentParser(description="Give users new passwords.")
    parser.add_argument("file", help="for the passwords")
    parser.add_argument("usernames", nargs="+", metavar="username")
    arguments = parser.parse_args()
    rows = [UserRow(username, password=GENERATE) for username in arguments.usernames]
    with ApiClient(Configuration.from_env()) as client:
        run = Users(client).apply(
            rows, on_error="continue", update_password="always", on_password=PasswordFile(arguments.file)
        )
        for change in run:
            print(change, file=sys.stdout if change.ok else sys.stderr)
    return 1 if run.failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (ApiException, OSError, ValueError) as error:
        sys.exit(f"That did not work: {error}")
