"""urllib3's own connection classes, imported with the package, before a recorder such as VCR.py can replace them."""

from urllib3.connection import HTTPConnection as HTTPConnection, HTTPSConnection as HTTPSConnection
