"""Numbers and times as people say them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import NamedTuple

from mypi.permissions import Scope


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


def number(count: int) -> str:
    """Digits in groups: ``50 000`` with a space that does not break."""
    return f"{count:,}".replace(",", "\N{NO-BREAK SPACE}")


def plural(count: int, noun: str) -> str:
    """``1 file``, ``2 files``."""
    return f"{number(count)} {noun}" + ("" if count == 1 else "s")


def listed(words: Iterable[str], last: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    *most, end = list(words) or [""]
    return f"{', '.join(most)} {last} {end}" if most else end


def scope_in_words(scope: Scope) -> str:
    """What a token is limited to: ``may read and upload in stable, only six``."""
    may = f"may {listed(scope.permissions)}" if scope.permissions else "may do what you may"
    where = f" in {listed(scope.indexes)}" if scope.indexes else " in every index"
    return may + where + (f", only {listed(scope.projects)}" if scope.projects else "")
