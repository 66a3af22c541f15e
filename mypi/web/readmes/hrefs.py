"""Where an address in somebody's text leads."""

from urllib.parse import urlsplit

_SCHEMES = ("http", "https", "mailto")


def is_relative(address: str) -> bool:
    """Whether it names a file beside the text."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return bool(parts.path.strip("/.")) and not parts.scheme and not parts.netloc


def is_foreign(address: str) -> bool:
    """Whether ``address`` is a whole one that is safe to follow: http, https or mailto."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if parts.scheme not in _SCHEMES or any(c <= " " for c in address):
        return False
    return bool(parts.path if parts.scheme == "mailto" else parts.netloc)
