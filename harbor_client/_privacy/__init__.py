"""Keeps secrets out of texts and tracebacks."""

from __future__ import annotations
