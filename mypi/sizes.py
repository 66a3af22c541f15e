"""Bytes as people write and read them."""

import re

_SIZE = re.compile(r"(\d{1,18}(?:\.\d{1,3})?)\s*([kmgt]?)(?:i?b)?", re.ASCII)
_UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}


def parse_size(text: str) -> int:
    """Bytes from ``"1073741824"``, ``"64 MiB"``, ``"1G"`` (units are powers of 1024)."""
    match = _SIZE.fullmatch(text.strip().lower())
    if match is None:
        raise ValueError("a size such as 512 MiB or 2 GiB is wanted")
    return int(float(match[1]) * _UNITS[match[2]])


def size_in_words(count: int) -> str:
    """Bytes in powers of a thousand: ``1.4 MB``."""
    if count < 1000:
        return "1 byte" if count == 1 else f"{count} bytes"
    amount, unit = count / 1000, "kB"
    for larger in ("MB", "GB"):
        if amount >= 999.5:
            amount, unit = amount / 1000, larger
    return f"{amount:.1f} {unit}" if amount < 9.95 else f"{amount:,.0f} {unit}"


def size_in_units(count: int) -> str:
    """Bytes exactly, as :func:`parse_size` reads them: ``1 GiB``, ``1000``."""
    for letter, unit in reversed(_UNITS.items()):
        if letter and count and count % unit == 0:
            return f"{count // unit} {letter.upper()}iB"
    return str(count)
