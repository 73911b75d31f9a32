"""urllib3's pool managers as they stand when the package is imported: tests of scripts put their own there later.

What carries requests out is loaded with the first client, which may well be made in the midst of such a test.
"""

from __future__ import annotations

from urllib3.poolmanager import PoolManager, ProxyManager

__all__ = ["LEADS", "PoolManager", "ProxyManager", "as_imported"]

#: What leads from a pool manager to its pools.
LEADS = (PoolManager.request, PoolManager.urlopen, ProxyManager.request, ProxyManager.urlopen)


def as_imported() -> bool:
    """Whether nobody has put another function in one of these places."""
    return (PoolManager.request, PoolManager.urlopen, ProxyManager.request, ProxyManager.urlopen) == LEADS
