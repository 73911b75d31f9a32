"""Give users new passwords, and write these to a CSV file that nobody else can read.

    python users_rotate_passwords.py new-passwords.csv alice bob ...

rotate_passwords.py as one line: the command `harbor-users password`. Users are found by exact name, admin among them,
and nobody is changed if one does not exist. A password is in the file before Harbor gets it.
"""

from __future__ import annotations

import sys

from harbor_client.cli import main

sys.exit(main(["password", "--generate", *sys.argv[1:]]))
