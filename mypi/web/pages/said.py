"""What a release's metadata says, as plain values for a page.

Anybody's text: nothing here is trusted to be a safe link, short, or well-formed.
"""

import re
from collections.abc import Callable, Mapping
from email.utils import getaddresses
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from packaging.requirements import InvalidRequirement, Requirement

from mypi.web.readmes.hrefs import is_foreign

MAX_ITEMS = 300
"""Entries of one list that are shown."""

_EXTRA = re.compile(r"""\bextra == ["']([^"']{1,100})["']""")
_MAX_TEXT = 2_000
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?", re.ASCII)


class Link(NamedTuple):
    """A link from metadata: its words, its address, and the host that it leads to.

    ``address`` is empty when it would not be safe to follow; ``host`` then is what was written.
    """

    label: str
    address: str
    host: str


class Person(NamedTuple):
    """An author or maintainer; either part may be empty."""

    name: str
    mail: str


class Dependency(NamedTuple):
    """A requirement; ``address`` is empty when this index does not have the project.

    ``rest`` is for people: extras, and the address or the ``specifier``.
    """

    name: str
    address: str
    rest: str
    marker: str
    specifier: str = ""


class Classifier(NamedTuple):
    """A classifier without its first part, and the whole line."""

    words: str
    line: str


class Licence(NamedTuple):
    """A licence in few words, and its text if that was given."""

    words: str
    text: str


def links(fields: Mapping[str, Any]) -> list[Link]:
    """The links of a release, as written, each address once."""
    said: list[tuple[str, str]] = []
    if fields.get("home_page"):
        said.append(("Homepage", fields["home_page"]))
    said += list((fields.get("project_urls") or {}).items())[:MAX_ITEMS]
    if fields.get("download_url"):
        said.append(("Download", fields["download_url"]))
    unique = {address.strip(): label for label, address in reversed(said) if address.strip()}
    return [_link(label, address) for address, label in reversed(unique.items())]


def _link(label: str, address: str) -> Link:
    label = label[:100] or "Link"
    if len(address) > _MAX_TEXT or not is_foreign(address):
        return Link(label, "", address[:200])
    return Link(label, address, urlsplit(address).hostname or address.partition(":")[2])


def people(fields: Mapping[str, Any]) -> list[Person]:
    """Authors and maintainers, each once."""
    found: dict[Person, None] = {}
    for role in ("author", "maintainer"):
        name = (fields.get(role) or "")[:_MAX_TEXT].strip()
        listed = _addresses((fields.get(f"{role}_email") or "")[:_MAX_TEXT])
        persons = [Person(real, mail if _is_mail(mail) else "") for real, mail in listed]
        if len(persons) == 1 and name and not persons[0].name:
            persons = [persons[0]._replace(name=name)]
        elif name and name not in (person.name for person in persons):
            persons.insert(0, Person(name, ""))
        found.update((person, None) for person in persons if any(person))
    return list(found)[:MAX_ITEMS]


def _addresses(text: str) -> list[tuple[str, str]]:
    try:
        return getaddresses([text])
    except RecursionError:  # comments in comments
        return []


def licence(fields: Mapping[str, Any]) -> Licence:
    """The licence: an SPDX expression, else what the classifiers say, else the first line."""
    if fields.get("license_expression"):
        return Licence(fields["license_expression"][:_MAX_TEXT], "")
    text = (fields.get("license") or "").strip()
    if text and len(text) <= 100 and "\n" not in text:
        return Licence(text, "")
    classified = [
        words[-1].strip()
        for words in (line.split("::") for line in fields.get("classifiers") or ())
        if words[0].strip() == "License"
    ]
    if classified:
        return Licence(", ".join(classified[:5]), text)
    return Licence(text.partition("\n")[0][:100], text)


def keywords(fields: Mapping[str, Any]) -> list[str]:
    """The keywords, also where they were parted by spaces alone."""
    words = fields.get("keywords") or []
    if len(words) == 1:
        words = words[0].split()
    return [word.strip() for word in words if word.strip()][:MAX_ITEMS]


def extras(fields: Mapping[str, Any]) -> list[str]:
    """The extras; only names that may go into a command."""
    names = list(fields.get("provides_extra") or ())[:MAX_ITEMS]
    return [name for name in names if len(name) <= 100 and _NAME.fullmatch(name)]


def classifiers(fields: Mapping[str, Any]) -> list[tuple[str, list[Classifier]]]:
    """Classifiers by their first part, in the order of their first appearance."""
    groups: dict[str, list[Classifier]] = {}
    for line in (fields.get("classifiers") or [])[:MAX_ITEMS]:
        head, _, tail = (part.strip() for part in line.partition("::"))
        groups.setdefault(head, []).append(
            Classifier(tail.replace("::", "›") or head, line.strip())
        )
    return list(groups.items())


def dependencies(
    fields: Mapping[str, Any], address: Callable[[str], str]
) -> list[tuple[str, list[Dependency]]]:
    """Requirements, those of no extra (``""``) first, then by extra.

    ``address`` gives the page of a project, or nothing when it is not here.
    """
    groups: dict[str, list[Dependency]] = {"": []}
    for line in (fields.get("requires_dist") or [])[:MAX_ITEMS]:
        extra, dependency = _dependency(line, address)
        groups.setdefault(extra, []).append(dependency)
    return [(extra, listed) for extra, listed in groups.items() if listed]


def _dependency(line: str, address: Callable[[str], str]) -> tuple[str, Dependency]:
    try:
        wanted = Requirement(line[:_MAX_TEXT])
        marker = str(wanted.marker or "")
    except (InvalidRequirement, RecursionError):  # of metadata 1.x, which is taken unread
        return "", Dependency("", "", line[:200], "")
    match = _EXTRA.search(marker)
    extra = match[1] if match else ""
    if match:
        marker = marker.replace(" and " + match[0], "").replace(match[0], "").strip()
        if marker.startswith("(") and marker.endswith(")") and marker.count("(") == 1:
            marker = marker[1:-1]
    extras = f"[{','.join(sorted(wanted.extras))}]" if wanted.extras else ""
    rest = extras + (f" @ {wanted.url}" if wanted.url else f" {wanted.specifier}".rstrip())
    specifier = "" if wanted.url else str(wanted.specifier)
    return extra, Dependency(wanted.name, address(wanted.name), rest, marker, specifier)


def _is_mail(text: str) -> bool:
    return re.fullmatch(r"[^\s@<>\"'?&#%:/\\]{1,100}@[^\s@<>\"'?&#%:/\\]{1,200}", text) is not None
