"""The page of a release, which is also its project's page, as plain values for the template."""

import hashlib
from datetime import date
from typing import Any, NamedTuple

from mypi.errors import Refused
from mypi.filenames import parse, tags_in_words
from mypi.model import Link, Release
from mypi.names import normalise
from mypi.services import lookup
from mypi.sizes import size_in_words
from mypi.web.caching import BodyCache
from mypi.web.frame import snippets
from mypi.web.frame.addresses import Addresses
from mypi.web.frame.words import Moment, moment, plural
from mypi.web.pages import provenance, readme, releases, said
from mypi.web.pages.rendering import RENDERER, Busy
from mypi.web.resources import OfProject

_KINDS = {
    "sdist": "Source",
    "bdist_wheel": "Wheel",
    "bdist_egg": "Egg",
    "bdist_wininst": "Windows installer",
    "bdist_msi": "Windows installer",
    "bdist_rpm": "RPM",
    "bdist_dumb": "Binary",
}


class FileRow(NamedTuple):
    """One file of the release; ``metadata`` is the address of its ``.metadata``, if offered."""

    filename: str
    address: str
    kind: str
    tags: str
    size: str
    sha256: str
    when: Moment
    yanked: str | None
    metadata: str


class Banner(NamedTuple):
    """A notice above the page: how urgent it is, its sentence, and a link if there is one."""

    tone: str
    text: str
    address: str = ""
    label: str = ""


def release_page(
    context: OfProject,
    release: Release,
    known: list[releases.Entry],
    here: Addresses,
    today: date,
    bodies: BodyCache,
) -> dict[str, Any]:
    """Everything the template shows of ``release``, one of the ``known`` of its project.

    ``is_waiting``: its README has yet to be rendered; the page is not to be kept.
    """
    project = context.found.project
    name = project.name
    newest = releases.latest(known)
    entry = next((it for it in known if it.version == release.version), None)
    is_latest = newest is not None and newest.version == release.version
    files = _files(context, release.version, here, today)
    fields = release.fields
    shown, is_waiting = _readme(release, fields, bodies)
    origins = provenance.of_release(context.access, release, today)
    return {
        "name": name,
        "version": release.version,
        "badges": [
            *(["latest"] if is_latest else []),
            *(entry.badges if entry else []),
            *provenance.badges(origins),
        ],
        "origins": origins,
        "banners": list(_banners(context, entry, newest, here)),
        "summary": " ".join((fields.get("summary") or "").split())[:500],
        "released": moment(entry.uploaded if entry else release.created, today),
        "by": release.by,
        "owner": context.found.index.name,
        "canonical": here.project(name) if is_latest else here.release(name, release.version),
        "links_page": here.links(name),
        "install": snippets.install(here, name, "" if is_latest else release.version),
        "requirements": snippets.requirements(
            here, name, release.version, sorted(file.sha256 for file in files)
        ),
        "readme": shown,
        "is_waiting": is_waiting,
        "requires_python": fields.get("requires_python") or "",
        "licence": said.licence(fields),
        "people": said.people(fields),
        "links": said.links(fields),
        "keywords": said.keywords(fields),
        "extras": list(fields.get("provides_extra") or ())[: said.MAX_ITEMS],
        "classifiers": said.classifiers(fields),
        "dependencies": said.dependencies(fields, _address_here(context, here)),
        "files": files,
        "file_count": plural(len(files), "file"),
        "releases": releases.rows(
            known, release.version, newest, today, lambda version: here.release(name, version)
        ),
        "older": max(0, len(known) - releases.MAX_SHOWN),
        "release_count": plural(len(known), "release"),
    }


def bare_page(context: OfProject, here: Addresses) -> dict[str, Any]:
    """A project that has a name and no release yet."""
    name = context.found.project.name
    return {
        "name": name,
        "canonical": here.project(name),
        "links_page": here.links(name),
        "publish": snippets.publish(here, is_open=context.access.is_open),
    }


def _files(context: OfProject, version: str, here: Addresses, today: date) -> list[FileRow]:
    found = context.found
    rows = [
        _file(it.filename, it.link, here.file(it.held_by, found.project.name, it.filename), today)
        for it in found.links()
        if it.link.version == version
    ]
    return sorted(rows, key=lambda row: (row.kind != "Source", row.filename))


def _file(filename: str, link: Link, address: str, today: date) -> FileRow:
    kind, tags = _kind(filename)
    return FileRow(
        filename,
        address,
        kind,
        tags,
        size_in_words(link.size),
        link.sha256,
        moment(link.uploaded, today),
        link.yanked,
        address + ".metadata" if link.metadata_sha256 else "",
    )


def _kind(filename: str) -> tuple[str, str]:
    try:
        name = parse(filename)
    except Refused:
        return "File", ""
    kind = _KINDS.get(name.kind, "File")
    if name.tags:
        return kind, tags_in_words(name.tags)
    return kind, "" if name.kind == "sdist" else name.python_tag


def _banners(
    context: OfProject,
    entry: releases.Entry | None,
    newest: releases.Entry | None,
    here: Addresses,
) -> "list[Banner]":
    project = context.found.project
    banners = []
    if project.status != "active":
        reason = f": {project.status_reason}" if project.status_reason else "."
        banners.append(Banner("warn", f"This project is {project.status}{reason}"))
    if entry is not None and entry.yanked:
        banners.append(
            Banner(
                "warn",
                "This release was yanked"
                + _reason(context, entry.version)
                + " Installers take it only when it is asked for by its exact version.",
            )
        )
    if entry is not None and newest is not None and newest.version != entry.version:
        newer = newest.parsed > entry.parsed
        banners.append(
            Banner(
                "note",
                "There is a newer release:" if newer else "Installers choose another release:",
                here.project(project.name),
                f"{project.name} {newest.version}",
            )
        )
    if context.found.index is not context.index:
        banners.append(
            Banner("note", f"This project comes from the index {context.found.index.name}.")
        )
    return banners


def _reason(context: OfProject, version: str) -> str:
    reasons = {
        it.link.yanked
        for it in context.found.links()
        if it.link.version == version and it.link.yanked
    }
    return f": {'; '.join(sorted(reasons))}." if reasons else "."


def _readme(release: Release, fields: dict[str, Any], bodies: BodyCache) -> tuple[str, bool]:
    """The README as HTML; its source, and True, while the renderer is at those of others."""
    text = release.description.text
    if not text.strip():
        return "", False
    content_type = (fields.get("description_content_type") or "")[:200]
    digest = hashlib.sha256(f"{content_type}\0{text}".encode("utf-8", "replace")).hexdigest()
    try:
        html = bodies.get(
            ("readme", digest),
            lambda: RENDERER.render(text, content_type).encode("utf-8", "replace"),
        )
    except Busy:
        return readme.source(text), True
    return html.decode(), False


def _address_here(context: OfProject, here: Addresses) -> Any:
    indexes = lookup.path(context.access, context.index)

    def address(name: str) -> str:
        normal = normalise(name)
        return here.project(name) if any(normal in index.projects for index in indexes) else ""

    return address
