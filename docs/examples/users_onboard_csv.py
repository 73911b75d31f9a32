"""Bring the users of a CSV file into Harbor: create, change, promote, demote and remove, as the file says.

    python users_onboard_csv.py people.csv --dry-run
    python users_onboard_csv.py people.csv --passwords new-passwords.csv

onboard_csv.py as one line: the command `harbor-users apply`, which shows what it will do and goes on after a row that
fails. With --passwords, new users whose row has no password get one. Doing it again changes nothing more.
"""

from __future__ import annotations

import sys

from harbor_client.cli import main

sys.exit(main(["apply", "--yes", "--on-error", "continue", *sys.argv[1:]]))
