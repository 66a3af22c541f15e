"""An index's policy as a form, and a form as a policy."""

from collections.abc import Mapping
from typing import Any

from mypi.errors import Refused
from mypi.permissions import EVERYONE, PERMISSIONS, WHEN_CLOSED, check_principals
from mypi.services.acceptance import RULES
from mypi.services.access import CHANGES
from mypi.settings import parse_int
from mypi.sizes import parse_size
from mypi.web.frame import forms
from mypi.web.frame.forms import Choice, Field, Group
from mypi.web.frame.words import listed

NOBODY = "nobody"

Grants = Mapping[str, tuple[str, ...]]
"""Permission -> principals."""

KINDS = {
    "sdist": "source archives",
    "bdist_wheel": "wheels",
    "bdist_egg": "eggs",
    "bdist_wininst": "Windows installers (exe)",
    "bdist_msi": "Windows installers (msi)",
    "bdist_rpm": "RPMs",
}
BOXES = {
    "volatile": (
        "Volatile",
        "A file may be replaced by other bytes, and deleted names used again.",
    ),
    "merge": ("Merge", "A project of several bases shows the files of all; else the first's only."),
    "frozen": ("Frozen", "Nothing changes here but this policy: no uploads, no deletions."),
    "ownership": ("Ownership", "Who first publishes a project owns it; others cannot change it."),
    "approval": ("Approval", "Only someone else than its uploader may promote a file into here."),
}
NUMBERS = {
    "keep_prereleases": ("Pre-releases to keep", "The newest of each project. 0: all of them."),
    "keep_days": ("Days to keep a release", "A project's newest always stays. 0: for ever."),
    "trash_days": ("Days in the trash", "So long can deletions and promotions be undone."),
}
SIZES = {
    "max_file": ("Largest file", "Such as 64 MiB. Empty: the site's limit."),
    "max_size": ("All files together", "Such as 20 GiB. Empty: no limit."),
}
MAY = {
    "read": "Install from here, see it in the browser.",
    "upload": "Publish files.",
    "promote": "Promote releases into this index.",
    "yank": "Yank and unyank, deprecate and archive.",
    "delete": "Delete to the trash, and restore.",
    "manage": "All of that, and change this policy.",
}
SEVERITIES = {"": "no matter", "warn": "warn", "enforce": "refuse what breaks it"}


def groups(policy: Mapping[str, Any], given: Grants, names: list[str]) -> tuple[Group, ...]:
    """Every attribute of a policy as a question; ``names`` are the other indexes.

    ``given`` is who may do what, be it said or by default.
    """
    bases = " ".join(policy["bases"])
    hint = f"Names with blanks between; the first is asked first. There are: {listed(names)}."
    return (
        Group(
            "What it is",
            (
                Field("title", "Title", policy["title"]),
                Field("description", "Description", policy["description"], "area"),
                Field("bases", "Bases: also shows what is in", bases, hint=hint),
                *(
                    Field(name, label, "on" if policy[name] else "", "box", meaning)
                    for name, (label, meaning) in BOXES.items()
                ),
            ),
        ),
        Group(
            "Who may do what",
            tuple(
                Field(name, name.capitalize(), " ".join(given[name]) or NOBODY, hint=meaning)
                for name, meaning in MAY.items()
            ),
            "Words: everyone, users (whoever is logged in), a user's name, @group, or nobody. "
            "Admins may do everything everywhere.",
            in_words(given),
        ),
        Group(
            "What it takes",
            (
                Field("kinds", "Kinds of files", "", "boxes", "None ticked: all kinds.")._replace(
                    choices=forms.boxes(KINDS, policy["kinds"], KINDS)
                ),
                *(
                    Field(name, label, size_text(policy[name]), hint=meaning)
                    for name, (label, meaning) in SIZES.items()
                ),
                *(_rule(policy, name) for name in RULES),
            ),
        ),
        Group(
            "How long it keeps things",
            (
                *(
                    Field(name, label, str(policy[name]), hint=meaning)
                    for name, (label, meaning) in NUMBERS.items()
                ),
                Field(
                    "keep_promoted",
                    "Keep what was promoted",
                    "on" if policy["keep_promoted"] else "",
                    "box",
                    "Retention never takes a release that was promoted from here.",
                ),
            ),
        ),
    )


def read(request: Any) -> dict[str, Any]:
    """The policy that a form says; raises Refused naming the field."""
    values: dict[str, Any] = {
        "title": forms.text(request, "title"),
        "description": forms.text(request, "description"),
        "bases": forms.words(request, "bases"),
        "kinds": forms.chosen(request, "kinds"),
        "keep_promoted": forms.ticked(request, "keep_promoted"),
        "rules": {
            name: forms.text(request, f"rule-{name}")
            for name in RULES
            if forms.text(request, f"rule-{name}")
        },
        "grants": _grants(request),
    }
    values |= {name: forms.ticked(request, name) for name in BOXES}
    values |= {name: _number(request, name, parse_int) for name in NUMBERS}
    values |= {name: _number(request, name, parse_size) for name in SIZES}
    return values


def in_words(grants: Grants) -> str:
    """Who may do what, as a sentence: ``everyone may read; ada and @team may upload``."""
    acts: dict[tuple[str, ...], list[str]] = {}
    for permission in PERMISSIONS:
        acts.setdefault(grants[permission], []).append(permission)
    parts = [f"{_who(principals)} may {listed(words)}" for principals, words in acts.items()]
    text = "; ".join(parts)
    return text[:1].upper() + text[1:] + "."


def size_text(count: int) -> str:
    """Bytes as a setting takes them: ``64 MiB``; empty for 0."""
    if not count:
        return ""
    for factor, unit in ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if count % factor == 0:
            return f"{count // factor} {unit}"
    return str(count)


def _who(principals: tuple[str, ...]) -> str:
    said = {"users": "whoever is logged in"}
    return listed(said.get(it, it) for it in principals) if principals else "only admins"


def _grants(request: Any) -> Grants:
    """Who may do what, without what holds when nothing is said."""
    said = {permission: _granted(request, permission) for permission in PERMISSIONS}
    default = dict(WHEN_CLOSED)
    if EVERYONE not in said["read"]:
        default.update(dict.fromkeys(CHANGES, said["read"]))
    return {word: who for word, who in said.items() if who != default[word]}


def _granted(request: Any, permission: str) -> tuple[str, ...]:
    words = forms.words(request, permission)
    if not words:
        raise Refused(f"{permission}: say who; {NOBODY} is an answer as well.")
    try:
        return () if words == (NOBODY,) else check_principals(words)
    except Refused as error:
        raise Refused(f"{permission}: {error}") from None


def _rule(policy: Mapping[str, Any], name: str) -> Field:
    chosen = policy["rules"].get(name, "")
    choices = tuple(Choice(it, label, it == chosen) for it, label in SEVERITIES.items())
    return Field(
        f"rule-{name}", f"Rule: {name}", "", "select", f"Broken if {RULES[name].says}", choices
    )


def _number(request: Any, name: str, parse: Any) -> int:
    text = forms.text(request, name)
    try:
        return int(parse(text)) if text else 0
    except ValueError as error:
        raise Refused(f"{name}: {text[:40]!r}: {error}.") from None
