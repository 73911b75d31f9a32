"""Carries out one request over urllib3's pools: policy, connections, and a strict HTTP/1.1 reader."""

from __future__ import annotations
