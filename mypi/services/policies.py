"""Read and change an index's policy: plain values in and out, every one checked."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mypi.errors import Refused
from mypi.model import Index, Site
from mypi.permissions import check_permissions, check_principals
from mypi.services.acceptance import ENFORCE, RULES, WARN
from mypi.services.hold import hold
from mypi.services.receive import FILETYPES

MAX_TITLE = 100
MAX_DESCRIPTION = 2_000
MAX_NUMBER = 2**53
"""What JavaScript still counts exactly."""


def policy_of(index: Index) -> dict[str, Any]:
    """Every attribute of the policy as plain values: text, numbers, lists and dicts."""
    return {name: _plain(getattr(index.policy, name)) for name in CHECKS}


def apply(site: Site, index: Index, values: Mapping[str, Any]) -> list[str]:
    """Set attributes of the policy after all were checked; the names of those that changed.

    Raises Refused naming the one that is wrong.
    """
    checked = {name: _checked(name, value) for name, value in values.items()}
    if "bases" in checked:
        _check_bases(site, index, checked["bases"])
    policy = index.policy
    changed = {name: value for name, value in checked.items() if getattr(policy, name) != value}
    for name, value in changed.items():
        setattr(policy, name, value)
    return sorted(changed)


def _checked(name: str, value: Any) -> Any:
    check = CHECKS.get(name)
    if check is None:
        said = str(name)[:80]
        near = difflib.get_close_matches(said, CHECKS, n=1, cutoff=0)[0]
        raise Refused(f"policy: {said!r} is unknown; the nearest known one is {near!r}.")
    try:
        return check(value)
    except (TypeError, ValueError) as error:
        raise Refused(f"{name}: {error}.") from None
    except Refused as error:
        raise Refused(f"{name}: {error}") from None


def _text(limit: int) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if not isinstance(value, str) or len(value) > limit or "\0" in value:
            raise ValueError(f"a text of {limit} characters at most, none of them NUL, is wanted")
        return value.strip()

    return check


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("true or false is wanted")
    return value


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_NUMBER:
        raise ValueError("a whole number from 0 on is wanted")
    return value


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise TypeError("a list of names is wanted")
    if not all(isinstance(name, str) for name in value):
        raise TypeError("a list of names is wanted")
    return tuple(dict.fromkeys(value))


def _kinds(value: Any) -> tuple[str, ...]:
    kinds = _names(value)
    unknown = sorted(set(kinds) - FILETYPES)
    if unknown:
        raise ValueError(
            f"{unknown[0][:80]!r} is no kind; known are {', '.join(sorted(FILETYPES))}"
        )
    return kinds


def _rules(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise TypeError("rules and how strict they are, for example {'license': 'warn'}, is wanted")
    for name, severity in value.items():
        if name not in RULES:
            raise ValueError(f"{str(name)[:80]!r} is no rule; known are {', '.join(RULES)}")
        if severity not in (WARN, ENFORCE):
            raise ValueError(f"{name} is either {WARN} or {ENFORCE}")
    return dict(value)


def _grants(value: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, Mapping):
        raise TypeError(
            "permissions and who has them, for example {'upload': ['@team']}, is wanted"
        )
    check_permissions(value)
    return {permission: check_principals(_names(names)) for permission, names in value.items()}


CHECKS: dict[str, Callable[[Any], Any]] = {
    "title": _text(MAX_TITLE),
    "description": _text(MAX_DESCRIPTION),
    "bases": _names,
    "merge": _flag,
    "volatile": _flag,
    "frozen": _flag,
    "ownership": _flag,
    "approval": _flag,
    "kinds": _kinds,
    "max_file": _number,
    "max_size": _number,
    "rules": _rules,
    "grants": _grants,
    "keep_prereleases": _number,
    "keep_days": _number,
    "keep_promoted": _flag,
    "trash_days": _number,
}
"""Attribute of a policy -> what checks a value for it and brings it into the stored form."""


def hold_bases(site: Site) -> None:
    """Conflict with whoever changes bases, or removes an index, at the same time."""
    for index in site.indexes.values():
        hold(index)


def _check_bases(site: Site, index: Index, bases: tuple[str, ...]) -> None:
    hold_bases(site)
    for base in bases:
        if base not in site.indexes:
            raise Refused(f"bases: there is no index {base[:80]}.")
        loop = _way(site, base, index.name)
        if loop:
            raise Refused(f"bases: that makes a loop: {' -> '.join([index.name, *loop])}.")


def _way(site: Site, start: str, goal: str) -> list[str]:
    """A way from ``start`` to ``goal`` along bases, or nothing."""
    seen: set[str] = set()
    waiting = [[start]]
    while waiting:
        way = waiting.pop()
        if way[-1] == goal:
            return way
        if way[-1] not in seen and way[-1] in site.indexes:
            seen.add(way[-1])
            waiting += [[*way, base] for base in site.indexes[way[-1]].policy.bases]
    return []


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Mapping):
        return {name: _plain(held) for name, held in value.items()}
    return value
