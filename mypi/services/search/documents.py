"""Make a document of a project: what its latest release says, in words that can be searched."""

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from packaging.specifiers import SpecifierSet

from mypi.model import Index, Project, Release
from mypi.model.catalogue import NO_WHEEL, WHEEL, Card, Document
from mypi.names import normalise
from mypi.services import requirements, versions
from mypi.services.search.licences import folded
from mypi.services.versions import Candidate

MAX_TEXT = 50_000
"""Characters of a README that are read; more is not searched."""
MAX_WORDS = 2_000
"""Words of a README that are kept, the first ones."""
MAX_LISTED = 300
"""Classifiers, keywords and requirements of one release that are kept."""
MAX_VERSIONS = 2_000
"""Versions of one project that are kept, the newest ones."""
MAX_SUMMARY = 300
PYTHONS = ("2.7", *(f"3.{minor}" for minor in range(6, 16)))
"""The Python versions that can be asked for."""

_MARKUP = re.compile(
    r"<[^<>]{0,500}>"  # HTML
    r"|\b\w{2,12}://\S+|\bwww\.\S+"  # addresses
    r"|\]\([^()\s]{0,500}\)|&\w{1,10};"  # where links of Markdown lead; entities
    r"|^[ \t]{0,40}\.\. [\w-]{1,40}::"  # names of directives, and their options
    r"|^[ \t]{1,40}:(?:alt|target|width|height|align|scale|class|name|language):[^\n]*",
    re.MULTILINE,
)
_WORD = re.compile(r"\w+")
_LONGEST = 40
_CLASSIFIED = re.compile(r"Programming Language :: Python :: (\d\.\d+)$")


def document(index: Index, project: Project) -> Document:
    """The document of a project; of its latest release that has files, else of any."""
    known = versions.candidates(link for _filename, link in project.pages())
    latest = versions.latest(known)
    release = project.release(latest.version) if latest is not None else _registered(project)
    fields: Mapping[str, Any] = release.fields if release is not None else {}
    card = _card(index, project, release, latest, fields)
    classifiers = _some(fields.get("classifiers"))
    people = [str(fields.get(role) or "") for role in ("author", "author_email", "maintainer")]
    wheels = any(filename.endswith(".whl") for filename in _filenames(release))
    return Document(
        card,
        short=" ".join([project.name, card.normal, card.summary, *card.keywords]),
        long=" ".join(_words(release.description.text if release is not None else "")),
        author=" ".join([*people, str(fields.get("maintainer_email") or "")])[:2_000],
        index=[index.name],
        keyword=[word.lower() for word in card.keywords],
        classifier=classifiers,
        requires=sorted(_required(fields)),
        python=list(_pythons(card.requires_python, classifiers)),
        licence=[folded(card.licence)] if card.licence else [],
        status=[project.status, *card.badges, WHEEL if wheels else NO_WHEEL],
        uploaded=card.uploaded,
        version=[it.version for it in known[:MAX_VERSIONS]] or [card.version] * bool(card.version),
        home_page=address_words(_address(fields, "home_page", "homepage")),
        platform=address_words(" ".join(_some(fields.get("platforms")))),
        download_url=address_words(_address(fields, "download_url", "download")),
        releases=len(project.releases),
        files=sum(it.files for it in known),
    )


def address_words(text: str) -> list[str]:
    """What an address or the name of a platform is found by."""
    return list(dict.fromkeys(_WORD.findall(text[:1_000].lower())))[:50]


def _address(fields: Mapping[str, Any], name: str, label: str) -> str:
    """An address in its old field, or among those with labels, where newer tools write it."""
    known = {it.lower().replace("-", "").replace(" ", ""): url for it, url in _urls(fields).items()}
    return f"{fields.get(name) or ''} {known.get(label, '')}"


def _urls(fields: Mapping[str, Any]) -> dict[str, str]:
    return {str(label): str(url) for label, url in (fields.get("project_urls") or {}).items()}


def _card(
    index: Index,
    project: Project,
    release: Release | None,
    latest: Candidate | None,
    fields: Mapping[str, Any],
) -> Card:
    badges = []
    if latest is not None and latest.parsed.is_prerelease:
        badges.append("pre-release")
    if latest is not None and latest.yanked:
        badges.append("yanked")
    if project.status != "active":
        badges.append(project.status)
    return Card(
        held_by=index.name,
        normal=normalise(project.name),
        name=project.name,
        version=release.version if release is not None else "",
        summary=" ".join(str(fields.get("summary") or "").split())[:MAX_SUMMARY],
        uploaded=latest.uploaded if latest else release.created if release else 0.0,
        licence=_licence(fields),
        requires_python=str(fields.get("requires_python") or "")[:200],
        keywords=tuple(_keywords(fields)),
        badges=tuple(badges),
        has_files=latest is not None,
    )


def _registered(project: Project) -> Release | None:
    """The newest release of a project that has no files."""
    known = [versions.registered(it.version, it.created) for it in project.releases.values()]
    newest = max(known, key=lambda it: it.parsed, default=None)
    return project.release(newest.version) if newest is not None else None


def _filenames(release: Release | None) -> Iterator[str]:
    yield from release.files if release is not None else ()


def _some(lines: Any) -> list[str]:
    return list(dict.fromkeys(str(line)[:200] for line in (lines or ())[:MAX_LISTED]))


def _keywords(fields: Mapping[str, Any]) -> list[str]:
    """The keywords, also where they were parted by spaces alone."""
    words = _some(fields.get("keywords"))
    if len(words) == 1:
        words = words[0].split()
    stripped = (word.strip()[:80] for word in words)
    return list(dict.fromkeys(word for word in stripped if word))[:50]


def _licence(fields: Mapping[str, Any]) -> str:
    """The licence in one line: an expression, else what the classifiers say, else a short name."""
    if fields.get("license_expression"):
        return str(fields["license_expression"])[:100]
    for line in _some(fields.get("classifiers")):
        head, _, tail = line.rpartition("::")
        if head.startswith("License"):
            return tail.strip()
    text = str(fields.get("license") or "").strip()
    return text if len(text) <= 40 and "\n" not in text else ""


def _required(fields: Mapping[str, Any]) -> set[str]:
    names = map(requirements.name_in, _some(fields.get("requires_dist")))
    return {normalise(name) for name in names if name}


def _pythons(requires: str, classifiers: list[str]) -> Iterator[str]:
    """The Python versions that a release is for: as it requires, else as it is classified."""
    try:
        admitted = SpecifierSet(requires) if requires else None
    except ValueError:  # not a specifier, or a number of more digits than Python reads
        admitted = None
    classified = {match[1] for line in classifiers if (match := _CLASSIFIED.match(line))}
    for version in PYTHONS:
        if admitted.contains(f"{version}.99") if admitted is not None else version in classified:
            yield version


def _words(text: str) -> Iterator[str]:
    """The first words of a README, without addresses and markup."""
    found = (match[0].strip("_") for match in _WORD.finditer(_MARKUP.sub(" ", text[:MAX_TEXT])))
    return islice((word for word in found if 0 < len(word) <= _LONGEST), MAX_WORDS)
