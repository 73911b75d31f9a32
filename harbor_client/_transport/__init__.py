"""Carries out one request over urllib3's pools.

From top to bottom: ``transport`` (the loop of a call, and its routes), ``policy`` (its rules), ``proxies`` (which way),
``pool``, ``connection``, ``sockets`` and ``tls`` (one exchange), ``http1`` and ``bodies`` (bytes to a response). Beside
them: ``errors`` (what the caller gets when it fails), ``content`` (a body to a value), ``events`` (log records and
hooks), ``threads`` (work in the background).
"""
