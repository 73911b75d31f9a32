"""Keeps secrets out of texts and tracebacks."""
