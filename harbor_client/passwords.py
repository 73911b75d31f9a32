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
    ("a lowercase letter (a-z)", string.ascii_lowercase),
    ("an uppercase letter (A-Z)", string.ascii_uppercase),
    ("a digit (0-9)", string.digits),
)
_ALPHABET = string.ascii_letters + string.digits


@guarded
def check(password: str) -> list[str]:
    """List what is wrong with a password, without repeating it; the list is empty if Harbor would accept it.

    >>> check("abc")
    ['it has 3 bytes, at least 8 are needed', 'an uppercase letter (A-Z) is missing', 'a digit (0-9) is missing']

    Raises:
        TypeError: the password is not a ``str``.
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
    """Raise ``ValueError`` if Harbor would not accept a password.

    Args:
        password: the password.
        what: the word for it in the message, such as ``"CLI secret"``.

    Raises:
        ValueError: Harbor would not accept the password; the message says why, without repeating it.
        TypeError: the password is not a ``str``.
    """
    problems = check(password)
    if problems:
        raise ValueError(f"Harbor does not accept this {what}: {'; '.join(problems)}")


def generate(length: int = 24) -> str:
    """Make a random password of ASCII letters and digits (with :mod:`secrets`) that Harbor accepts.

    The default length gives 142 bits of entropy. All acceptable passwords of that length are equally likely.

    Args:
        length: the number of characters, 8 to 128.

    Raises:
        ValueError, TypeError: the length is out of range, or not an ``int``.
    """
    if not SHORTEST <= length <= LONGEST:
        raise ValueError(f"length must be in {SHORTEST} to {LONGEST}, not {length}")
    while True:
        password = "".join(secrets.choice(_ALPHABET) for _ in range(length))
        if not check(password):
            return password
