"""Give users new passwords, and write them to a CSV file that only you can read.

    python users_rotate_passwords.py new-passwords.csv alice bob ...

rotate_passwords.py in one line: the command `harbor-users password`. Users are found by exact name, including admin,
and nobody is changed if one does not exist. A password is in the file before it is sent to Harbor.
"""

from __future__ import annotations

import sys

from harbor_client.cli import main

sys.exit(main(["password", "--generate", *sys.argv[1:]]))
