"""Give users new passwords, and write these to a CSV file that nobody else can read.

    python users_rotate_passwords.py new-passwords.csv alice bob ...

rotate_passwords.py, written with Users: passwords that Harbor accepts in any case, users found by exact name and admin
among them, and one's own password, after which the client goes on with the new one. A password stands in the file
before Harbor learns of it. Reads HARBOR_URL, HARBOR_USERNAME and HARBOR_PASSWORD; exit status 1 when one was not
changed.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys

from harbor_client import ApiClient, ApiException, Configuration, Users, passwords


def main() -> int:
    parser = argparse.ArgumentParser(description="Give users new passwords.")
    parser.add_argument("file", help="a new file, for the passwords")
    parser.add_argument("usernames", nargs="+", metavar="username")
    arguments = parser.parse_args()
    failed = 0
    configuration = Configuration.from_env()
    handle = os.open(arguments.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "w", newline="", encoding="utf-8") as file, ApiClient(configuration) as client:
        users = Users(client)
        for username in arguments.usernames:
            password = passwords.generate()
            csv.writer(file).writerow([username, password])
            file.flush()
            try:
                print(users.change_password(username, password))
            except ApiException as error:
                failed += 1
                print(f"{username}: failed: {error}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError) as error:
        sys.exit(f"That did not work: {error}")
