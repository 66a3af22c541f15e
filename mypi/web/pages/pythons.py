"""A Requires-Python in words, where it can be said right."""

import re

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from mypi.web.frame.words import listed

_MINOR = re.compile(r"(\d{1,3})(?:\.(\d{1,3}))?(?:\.(?:\d{1,3}|\*))*\Z", re.ASCII)
_LAST_OF_2 = 7

Minor = tuple[int, int]
"""A Python such as 3.12."""


def in_words(text: str) -> str:
    """``3.9 and newer; not 3.14`` of ``>=3.9, !=3.14.*``; empty for what is not so simple."""
    try:
        parts = list(SpecifierSet(text[:200]))
    except InvalidSpecifier:
        return ""
    low: Minor | None = None
    high: Minor | None = None
    without: list[Minor] = []
    patch = ""
    for part in parts:
        read = _minor(part.version)
        if read is None:
            return ""
        minor, rest = read
        if part.operator == ">=" and low is None and part.version.count(".") <= 2:
            low, patch = minor, rest
        elif part.operator == "~=" and len(parts) == 1 and part.version.count(".") == 1:
            low, high = minor, (minor[0] + 1, 0)
        elif part.operator == "<" and high is None and not rest:
            high = minor
        elif part.operator == "!=" and part.version.endswith(".*"):
            if part.version.count(".") != 2:
                return ""
            without.append(minor)
        elif part.operator == "==" and len(parts) == 1 and part.version.endswith(".*"):
            return f"{_said(minor)} only" if part.version.count(".") == 2 else f"any {minor[0]}"
        else:
            return ""
    return _sentence(low, high, sorted(without), patch)


def _sentence(low: Minor | None, high: Minor | None, without: list[Minor], patch: str) -> str:
    if low is None and high is None:
        return ""
    if low is not None and high is not None and (low >= high or (patch and _next(low) == high)):
        return ""
    first = _said(low) + patch if low is not None else ""
    last = _before(high) if high is not None else ""
    if high is None:
        words = f"{first} and newer"
    elif not last:
        words = f"{first} and newer, before {_said(high)}" if first else f"before {_said(high)}"
    elif not first:
        words = f"{last} and older"
    elif first == last:
        words = f"{first} only"
    else:
        words = f"{first} to {last}"
    relevant = [it for it in without if (low is None or it >= low) and (not high or it < high)]
    return words + (f"; not {listed((_said(it) for it in relevant), 'or')}" if relevant else "")


def _before(minor: Minor) -> str:
    """The Python before; nobody knows which will be the last 3."""
    if minor[1]:
        return _said((minor[0], minor[1] - 1))
    return f"2.{_LAST_OF_2}" if minor[0] == 3 else ""


def _next(minor: Minor) -> Minor:
    return minor[0], minor[1] + 1


def _minor(version: str) -> tuple[Minor, str] | None:
    match = _MINOR.match(version)
    if match is None:
        return None
    patch = version.split(".")[2:3]
    rest = f".{patch[0]}" if patch and patch[0] not in ("*", "0") else ""
    return (int(match[1]), int(match[2] or 0)), rest


def _said(minor: Minor) -> str:
    return f"{minor[0]}.{minor[1]}"
