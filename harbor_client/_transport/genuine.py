"""urllib3's own connections. This is imported with the package, as a recorder that runs later replaces them."""

from urllib3.connection import HTTPConnection as HTTPConnection, HTTPSConnection as HTTPSConnection
