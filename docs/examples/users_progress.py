"""Apply a CSV file with a progress bar.

    python users_progress.py people.csv

On a terminal, `harbor-users apply` shows a progress bar if tqdm or rich is installed, otherwise a counter.
"""

from __future__ import annotations

import sys

from harbor_client.cli import main

sys.exit(main(["apply", *sys.argv[1:]]))
