"""The version of the package, in one place: setup.py reads it from here without importing anything."""

__version__ = "1.0.0"
