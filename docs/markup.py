"""What the generated parts are written with: values as people write them, and tables."""

from collections.abc import Iterable, Sequence
from typing import Any

from mypi.sizes import size_in_units


def shown(value: Any, *, is_size: bool = False) -> str:
    """A default as people write it in an ini file."""
    if is_size:
        return f"``{human_size(value)}``"
    if isinstance(value, bool):
        return f"``{str(value).lower()}``"
    if isinstance(value, (tuple, list)):
        return f"``{' '.join(value)}``" if value else "none"
    if isinstance(value, float) and value == int(value):
        value = int(value)
    return f"``{value}``" if value != "" else "empty"


def human_size(size: int) -> str:
    """``1073741824`` -> ``1 GiB``."""
    text = size_in_units(size)
    return f"{size:,}" if text.isdecimal() else text


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A reStructuredText list-table."""
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for row in (head, *rows):
        for number, cell in enumerate(row):
            lines.append(f"   {'  -' if number else '* -'} {cell}")
    return "\n".join(lines) + "\n"
