"""Show a progress bar while the users of a CSV file are brought into Harbor.

    python users_progress.py people.csv

The command `harbor-users apply` has a bar on a terminal: tqdm's or rich's if one of them is installed, else a counter.
"""

from __future__ import annotations

import sys

from harbor_client.cli import main

sys.exit(main(["apply", *sys.argv[1:]]))
