"""What only scripts written for the generated client need."""

from __future__ import annotations
