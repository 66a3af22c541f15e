"""Numbers and times as people say them."""

from datetime import UTC, date, datetime
from typing import NamedTuple


class Moment(NamedTuple):
    """A time: for machines, in full, and as an age in words."""

    iso: str
    full: str
    age: str


def moment(seconds: float, today: date) -> Moment:
    """``seconds`` since the epoch as seen on ``today`` (UTC)."""
    when = datetime.fromtimestamp(seconds, UTC)
    return Moment(
        when.strftime("%Y-%m-%dT%H:%M:%SZ"),
        when.strftime("%Y-%m-%d %H:%M UTC"),
        age((today - when.date()).days),
    )


def age(days: int) -> str:
    """Days ago in words; whole days, so that a page stays right until midnight."""
    if days <= 0:
        return "today"
    if days == 1:
        return "yesterday"
    if days < 60:
        return f"{days} days ago"
    if days < 730:
        return f"{days // 30} months ago"
    return f"{days // 365} years ago"


def size(count: int) -> str:
    """Bytes in powers of a thousand: ``1.4 MB``."""
    if count < 1000:
        return "1 byte" if count == 1 else f"{count} bytes"
    amount, unit = count / 1000, "kB"
    for larger in ("MB", "GB"):
        if amount >= 999.5:
            amount, unit = amount / 1000, larger
    return f"{amount:.1f} {unit}" if amount < 9.95 else f"{amount:,.0f} {unit}"


def number(count: int) -> str:
    """Digits in groups: ``50 000`` with a space that does not break."""
    return f"{count:,}".replace(",", "\N{NO-BREAK SPACE}")


def plural(count: int, noun: str) -> str:
    """``1 file``, ``2 files``."""
    return f"{number(count)} {noun}" + ("" if count == 1 else "s")
