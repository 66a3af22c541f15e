"""Passwords: argon2 hashes, and as much work for an unknown user as for a known one."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from mypi.errors import Refused
from mypi.services.tokens import PREFIX, is_token

SHORTEST = 8
LONGEST = 4_096
"""Bytes.  What is longer is never hashed: it would be work for nothing."""

# One round more than OWASP's least (19 MiB, two rounds): 36 ms on an idle core, 50 on a busy one.
# 64 MiB took 120 ms with two rounds already, and every thread that hashes would need as much.
_HASHER = PasswordHasher(time_cost=3, memory_cost=19_456, parallelism=1)
_NOBODY = _HASHER.hash("the password of nobody")


def check_password(text: str) -> str:
    """``text`` if it may be a password; raises Refused."""
    if not is_possible(text) or len(text.encode()) < SHORTEST:
        raise Refused(
            f"The password has to have {SHORTEST} to {LONGEST} bytes and no NUL character."
        )
    if is_token(text):
        raise Refused(f"A password cannot begin with {PREFIX} as tokens do; choose another one.")
    return text


def is_possible(text: str) -> bool:
    """Whether ``text`` can be anybody's password at all, so that it is worth hashing."""
    try:
        return len(text.encode()) <= LONGEST and "\0" not in text
    except UnicodeEncodeError:
        return False


def hash_password(text: str) -> str:
    """What is kept of a password; raises Refused."""
    return _HASHER.hash(check_password(text))


def is_hash(kept: str) -> bool:
    """Whether ``kept`` is a hash of ours, not one of an htpasswd file."""
    return kept.startswith("$argon2")


def verify(kept: str, text: str) -> bool:
    """Whether ``text`` is the password; takes time on purpose."""
    try:
        return is_possible(text) and _HASHER.verify(kept, text)
    except (VerificationError, InvalidHashError):
        return False


def waste_time(text: str) -> None:
    """The work of :func:`verify`, for a user that does not exist."""
    verify(_NOBODY, text)
