"""Parts of a file.

Ranges are computed here: WebOb answers 416 to a suffix range longer than the file, which poetry
sends, and applies ranges to HEAD.
"""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

BLOCK = 2**18
"""Bytes that are read in one go."""

# More digits than any file has bytes: Python refuses to read numbers of more than 4,300 digits.
_RANGE = re.compile(r"(\d{0,99})-(\d{0,99})\Z", re.ASCII)
_MAX_RANGES = 1
"""Several ranges are answered with the whole file, which RFC 9110 allows."""


def wanted(environ: dict[str, Any], tag: str, modified: str, size: int) -> Any:
    """(first, last) of the range asked for; () when it cannot be had; None for the whole file."""
    header = environ.get("HTTP_RANGE", "")
    condition = environ.get("HTTP_IF_RANGE")
    unit, _, specs = header.partition("=")
    if unit.strip().lower() != "bytes" or environ.get("SERVER_PROTOCOL") == "HTTP/1.0":
        return None
    if condition is not None and condition not in (f'"{tag}"', modified):
        return None
    ranges = specs.split(",")
    match = _RANGE.match(ranges[0].strip())
    if len(ranges) > _MAX_RANGES or match is None or match.group() == "-":
        return None
    first, last = match.groups()
    if not first:
        return (max(size - int(last), 0), size - 1) if int(last) and size else ()
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        return ()
    return int(first), min(int(last), size - 1) if last else size - 1


def body(environ: dict[str, Any], opened: BinaryIO, first: int, length: int) -> Any:
    """What WSGI sends: by the server's own file wrapper, if it has one, else in blocks.

    A wrapped file is sent from where it stands, as much as Content-Length says (PEP 3333).
    """
    opened.seek(first)
    wrapper = environ.get("wsgi.file_wrapper")
    return wrapper(opened, BLOCK) if wrapper is not None else Part(opened, length)


class Part:
    """``length`` bytes of ``opened`` from where it stands, in blocks; closes it in the end."""

    def __init__(self, opened: BinaryIO, length: int) -> None:
        self.opened = opened
        self.left = length

    def __iter__(self) -> Iterator[bytes]:
        while self.left > 0 and (block := self.opened.read(min(BLOCK, self.left))):
            self.left -= len(block)
            yield block

    def close(self) -> None:
        """Called by the WSGI server at the end, however that comes."""
        self.opened.close()
