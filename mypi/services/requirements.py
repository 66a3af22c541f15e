"""Read what a release requires, for whichever machine it will be installed on."""

import re
from collections.abc import Iterable, Iterator

from packaging.markers import Marker, UndefinedComparison
from packaging.requirements import Requirement

_ATOM = re.compile(
    r"""([\w.]+|"[^"]*"|'[^']*') \s* (?:===|[=!<>~]=|<|>|not\s+in\b|in\b) \s*"""
    r"""([\w.]+|"[^"]*"|'[^']*')""",
    re.VERBOSE,
)
_ALWAYS = 'python_version >= "0"'
_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)", re.ASCII)


def read(text: str) -> Requirement | None:
    """One Requires-Dist; None for what cannot be read, as only old metadata may hold."""
    try:
        return Requirement(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None


def name_in(text: str) -> str:
    """The project's name at the beginning of a requirement, which is not read any further."""
    match = _NAME.match(text)
    return match[1] if match else ""


def needed(lines: Iterable[str], extra: str = "") -> Iterator[tuple[str, Requirement | None]]:
    """Those of ``lines``, with what they say, that some machine needs.

    Without an ``extra``: what is always needed; with one: what it adds to that.
    """
    for line in lines:
        requirement = read(line)
        marker = requirement.marker if requirement is not None else None
        if marker is None:
            wanted = not extra
        else:
            wanted = may_hold(marker, extra) and not (extra and may_hold(marker, ""))
        if wanted:
            yield line, requirement


def may_hold(marker: Marker, extra: str) -> bool:
    """Whether a machine can be thought of on which ``marker`` holds, with that extra asked for.

    Markers know no negation of a whole, so all that is said of the machine is taken for true.
    """
    relaxed = _ATOM.sub(lambda atom: atom[0] if "extra" in atom.groups() else _ALWAYS, str(marker))
    try:
        return Marker(relaxed).evaluate({"extra": extra})
    except UndefinedComparison:  # extra > "test" means nothing; better too much than too little
        return True
