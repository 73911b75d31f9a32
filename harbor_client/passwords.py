"""Passwords that Harbor accepts: a check before sending, and a generator.

Harbor's rule, for passwords and CLI secrets alike: 8 to 128 bytes in UTF-8, with at least one of ``a-z``, of ``A-Z``
and of ``0-9``. Letters and digits of other scripts are allowed, but do not count. (Before 2.9 nothing was too long.)
"""

import secrets
import string

from harbor_client._privacy.guard import guarded

__all__ = ["check", "generate", "require"]

SHORTEST, LONGEST = 8, 128

_CLASSES = (
    ("a lower-case letter (a-z)", string.ascii_lowercase),
    ("an upper-case letter (A-Z)", string.ascii_uppercase),
    ("a digit (0-9)", string.digits),
)
_ALPHABET = string.ascii_letters + string.digits


@guarded
def check(password: str) -> list[str]:
    """What keeps Harbor from accepting a password, in words that do not repeat it; empty when nothing does.

    >>> check("abc")
    ['it has 3 bytes, at least 8 are needed', 'an upper-case letter (A-Z) is missing', 'a digit (0-9) is missing']

    Raises:
        TypeError: it is no ``str``.
    """
    if not isinstance(password, str):
        raise TypeError(f"a password must be a str, not {type(password).__name__}")
    try:
        size = len(password.encode())
    except UnicodeEncodeError:
        return ["it is not Unicode (it holds a lone surrogate)"]
    problems = []
    if size < SHORTEST:
        problems.append(f"it has {size} bytes, at least {SHORTEST} are needed")
    if size > LONGEST:
        problems.append(f"it has {size} bytes, at most {LONGEST} are allowed")
    present = set(password)
    problems += [f"{name} is missing" for name, characters in _CLASSES if present.isdisjoint(characters)]
    return problems


@guarded
def require(password: str, what: str = "password") -> None:
    """Raise ``ValueError``, without the password in it, when Harbor would not accept it.

    Args:
        password: what would be sent.
        what: how the error calls it, such as ``"CLI secret"``.

    Raises:
        ValueError: Harbor would not accept it; tells why.
        TypeError: it is no ``str``.
    """
    problems = check(password)
    if problems:
        raise ValueError(f"Harbor does not accept this {what}: {'; '.join(problems)}")


def generate(length: int = 24) -> str:
    """A random password of ASCII letters and digits (from :mod:`secrets`) that Harbor always accepts.

    The default has 142 bits. Every password that meets the rule is equally likely.

    Args:
        length: 8 to 128 characters.

    Raises:
        ValueError, TypeError: the length is another one, or no ``int``.
    """
    if isinstance(length, bool) or not isinstance(length, int):
        raise TypeError(f"length must be an int, not {type(length).__name__}")
    if not SHORTEST <= length <= LONGEST:
        raise ValueError(f"length must be in {SHORTEST} to {LONGEST}, not {length}")
    while True:
        password = "".join(secrets.choice(_ALPHABET) for _ in range(length))
        if not check(password):
            return password
