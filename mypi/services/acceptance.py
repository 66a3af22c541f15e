"""What an index takes: its policy applied to one file, whether uploaded or promoted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mypi.errors import NotAllowed, Refused, TooLarge
from mypi.model import Index
from mypi.services.hold import hold

WARN, ENFORCE = "warn", "enforce"


@dataclass(frozen=True)
class Arrival:
    """A file that wants in: what it is, and the metadata of its release.

    ``fields`` are as in ``Release.fields``.  ``replaces`` is the bytes of the file whose place it
    takes.  ``with_wheel`` says whether its release has a wheel then, or None if that is not known;
    ``unfinished`` that more files of it may follow, as after an upload: then no rule about whole
    releases is enforced.
    ``returns`` is for a file that may take a name again which the same bytes had before.
    """

    filename: str
    kind: str
    size: int
    sha256: str
    fields: Mapping[str, Any]
    description: str
    replaces: int = 0
    with_wheel: bool | None = None
    unfinished: bool = False
    returns: bool = False


@dataclass(frozen=True)
class Rule:
    """A rule about metadata, or a whole release: ``says`` what is missing and how to add it."""

    holds: Callable[[Arrival], bool]
    says: str
    is_of_release: bool = False


def _has_license(arrival: Arrival) -> bool:
    fields = arrival.fields
    classifiers = fields.get("classifiers") or ()
    return bool(
        fields.get("license")
        or fields.get("license_expression")
        or any(line.startswith("License ::") for line in classifiers)
    )


RULES = {
    "summary": Rule(
        lambda arrival: bool(arrival.fields.get("summary")),
        "it has no summary; set project.description in pyproject.toml.",
    ),
    "license": Rule(
        _has_license, "it names no licence; set project.license in pyproject.toml, MIT for example."
    ),
    "requires-python": Rule(
        lambda arrival: bool(arrival.fields.get("requires_python")),
        "it does not say which Pythons it needs; set project.requires-python in pyproject.toml.",
    ),
    "readme": Rule(
        lambda arrival: bool(arrival.description.strip()),
        "it has no README; set project.readme in pyproject.toml.",
    ),
    "wheel": Rule(
        lambda arrival: arrival.with_wheel is not False,
        "its release has no wheel; build one with python -m build and publish it as well.",
        is_of_release=True,
    ),
}
"""Names of the rules that a policy can set to ``warn`` or ``enforce``."""


def check_writable(index: Index) -> None:
    """Raise NotAllowed when the index is frozen; whoever freezes it meanwhile conflicts."""
    hold(index)
    if index.policy.frozen:
        raise NotAllowed(
            f"The index {index.name} is frozen: nothing changes there until a manager unfreezes it."
        )


def check(index: Index, arrival: Arrival) -> tuple[str, ...]:
    """Sentences about rules that are broken and not enforced.

    Raises NotAllowed (frozen), TooLarge (a limit of the index), or Refused (a kind that is not
    taken, a name that was used before, an enforced rule).
    """
    check_unread(index, arrival)
    warnings = []
    for name, severity in index.policy.rules.items():
        rule = RULES.get(name)
        if rule is None or rule.holds(arrival):
            continue
        sentence = f"{arrival.filename}: {rule.says}"
        if severity == ENFORCE and not (rule.is_of_release and arrival.unfinished):
            raise Refused(f"{sentence} The index {index.name} insists on that.")
        warnings.append(sentence)
    return tuple(warnings)


def check_unread(index: Index, arrival: Arrival) -> None:
    """What can be said of a file before its bytes have come: by its name, kind and size.

    Raises what :func:`check` does for these.
    """
    check_writable(index)
    _check_name(index, arrival)
    _check_size(index, arrival)


def _check_name(index: Index, arrival: Arrival) -> None:
    kinds = index.policy.kinds
    if kinds and arrival.kind not in kinds:
        raise Refused(
            f"{arrival.filename}: the index {index.name} does not take files of the kind "
            f"{arrival.kind}, only {', '.join(kinds)}."
        )
    used_by = None if index.policy.volatile else index.reserved.get(arrival.filename)
    if used_by is not None and not (arrival.returns and used_by == arrival.sha256):
        raise Refused(
            f"This file name was used before: {arrival.filename} was deleted from {index.name}, "
            "and names are not used twice there. Raise the version, or restore it from the trash."
        )


def _check_size(index: Index, arrival: Arrival) -> None:
    policy = index.policy
    if policy.max_file and arrival.size > policy.max_file:
        raise TooLarge(
            f"{arrival.filename} has {arrival.size} bytes; the index {index.name} takes files of "
            f"{policy.max_file} bytes at most."
        )
    total = index.size() + arrival.size - arrival.replaces
    if policy.max_size and total > policy.max_size:
        raise TooLarge(
            f"{arrival.filename}: the index {index.name} is full. With this file it would have "
            f"{total} bytes, and may have {policy.max_size}; delete something, or ask a manager."
        )
