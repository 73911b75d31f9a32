"""The names under which secrets are sent and received, and the mask that is shown in their place."""

MASK = "***"

#: Lower-case names of fields, as attributes and as JSON keys. A model that marks a field as secret adds the field's
#: names; those of this package's models are known before the models are loaded.
_names = {"access_secret", "new_password", "old_password", "password", "secret"}


def mark_secret(*names: str) -> None:
    """Treat every value under one of these names as a secret from now on, wherever it occurs."""
    _names.update(name.lower() for name in names)


def secret_names() -> frozenset[str]:
    """The names, in lower case, of attributes and JSON keys that hold secrets."""
    return frozenset(_names)


def is_secret(name: object) -> bool:
    """Whether a value under this name is a secret. Harbor ignores the case of JSON keys, and so does this."""
    if isinstance(name, bytes):
        name = name.decode("latin-1")
    return isinstance(name, str) and name.lower().lstrip("_") in _names
