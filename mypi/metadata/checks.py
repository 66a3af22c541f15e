"""What each field of core metadata must be; what an installer would stumble over is refused.

``where`` is what the asker sent: a file name, or the form.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from packaging.licenses import canonicalize_license_expression
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from mypi.errors import Refused

MAX_SUMMARY = 2048
MAX_TEXT = 20_000
MAX_SPECIFIER = 500
MAX_LICENSE = 2**18  # whole texts of licences, of bundled libraries too: scipy 1.17 has 47 kB
MAX_ITEMS = 4096
MAX_LIST = 2**18
"""Characters of a list's entries together: half a second of reading requirements (measured)."""

MAX_DESCRIPTION = 4 * 2**20
CONTENT_TYPES = ("text/plain", "text/x-rst", "text/markdown")

_USUAL = 200
"""Characters of a requirement that is worth remembering."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_LIMITS = {
    "summary": MAX_SUMMARY,
    "license": MAX_LICENSE,
    "requires_python": MAX_SPECIFIER,
}


def check_field(name: str, value: Any, where: str) -> None:
    """Refuse a field that is too long, holds control characters, or is not what it should be."""
    _check_length(name, value, where)
    if name in _CHECKS:
        _CHECKS[name](value, where)


def check_description(text: str, where: str) -> None:
    """Refuse a description that is too long."""
    if len(text.encode(errors="replace")) > MAX_DESCRIPTION:
        raise Refused(f"{where}: the description has more than {MAX_DESCRIPTION >> 20} MiB.")


def check_version(text: str, where: str) -> None:
    """Refuse a version that installers could not order."""
    _must_read(Version, text, f"{where}: version {text[:80]!r} is not valid (PEP 440).")


def check_requirement(text: str, where: str) -> None:
    """Refuse a dependency that installers could not read."""
    said = f"{where}: Requires-Dist {text[:120]!r} is not a valid requirement."
    _must_read(_requirement if len(text) <= _USUAL else Requirement, text, said)


@lru_cache(maxsize=4096)
def _requirement(text: str) -> Requirement:
    """The same few hundred come with every release, and reading one takes a tenth of a ms."""
    return Requirement(text)


def _check_length(name: str, value: Any, where: str) -> None:
    texts = [value] if isinstance(value, str) else [*value]
    if isinstance(value, dict):
        texts += value.values()
    limit = _LIMITS.get(name, MAX_TEXT)
    too_long = any(len(text) > limit for text in texts) or sum(map(len, texts)) > MAX_LIST
    if len(texts) > MAX_ITEMS or too_long:
        raise Refused(
            f"{where}: the metadata field {name} is too long ({limit} characters and {MAX_ITEMS} "
            "entries at most)."
        )
    if any(_CONTROL.search(text) for text in texts):
        raise Refused(f"{where}: the metadata field {name} holds control characters.")


def _check_metadata_version(text: str, where: str) -> None:
    if not re.fullmatch(r"[12]\.\d{1,3}", text, re.ASCII):
        raise Refused(
            f"{where}: Metadata-Version {text[:40]!r} is not known; versions 1.x and 2.x are."
        )


def _check_requires_python(text: str, where: str) -> None:
    said = f"{where}: Requires-Python {text[:80]!r} is not a valid specifier, for example >=3.9."
    _must_read(SpecifierSet, text, said)


def _check_license(text: str, where: str) -> None:
    said = f"{where}: License-Expression {text[:80]!r} is not a valid SPDX expression."
    _must_read(canonicalize_license_expression, text, said)


def _must_read(reader: Callable[[str], object], text: str, complaint: str) -> None:
    """Refuse what ``reader`` cannot read; hostile nesting and 5,000 digits raise more than its own
    errors, which are all ValueErrors.
    """
    try:
        reader(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        raise Refused(complaint) from None


def _check_content_type(text: str, where: str) -> None:
    if text.partition(";")[0].strip().lower() not in CONTENT_TYPES:
        raise Refused(
            f"{where}: Description-Content-Type {text[:80]!r} is not one of "
            + ", ".join(CONTENT_TYPES)
            + "."
        )


def _check_dynamic(names: Any, where: str) -> None:
    for name in names:
        if name.lower() in ("name", "version", "metadata-version"):
            raise Refused(f"{where}: Dynamic names {name}, which cannot be dynamic (PEP 643).")


def _check_summary(text: str, where: str) -> None:
    if "\n" in text:
        raise Refused(f"{where}: the summary has more than one line.")


_CHECKS: dict[str, Callable[[Any, str], None]] = {
    "metadata_version": _check_metadata_version,
    "requires_python": _check_requires_python,
    "license_expression": _check_license,
    "description_content_type": _check_content_type,
    "summary": _check_summary,
    "dynamic": _check_dynamic,
}
