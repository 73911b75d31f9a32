"""What a call of harbor_client costs, next to what others cost. The command is ``python test/benchmark/run.py``."""

from __future__ import annotations
