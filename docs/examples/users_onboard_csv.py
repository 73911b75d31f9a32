"""Create, change, promote, demote and remove users as a CSV file says.

    python users_onboard_csv.py people.csv --dry-run
    python users_onboard_csv.py people.csv --passwords new-passwords.csv

onboard_csv.py in one line: the command `harbor-users apply`, which shows what it will do and continues after a row that
fails. With --passwords, new users whose rows have no password get one. A second run changes nothing.
"""

from __future__ import annotations

import sys

from harbor_client.cli import main

sys.exit(main(["apply", "--yes", "--on-error", "continue", *sys.argv[1:]]))
