"""The page of a release, which is also its project's page, as plain values for the template."""

import hashlib
from datetime import date
from typing import Any, NamedTuple

from mypi.model import Release
from mypi.names import normalise
from mypi.services import lookup
from mypi.services.versions import Candidate, latest
from mypi.sizes import size_in_words
from mypi.web.caching import BodyCache
from mypi.web.frame import snippets
from mypi.web.frame.addresses import Addresses
from mypi.web.frame.words import moment, number, plural
from mypi.web.pages import (
    about,
    banners,
    figures,
    filetable,
    fit,
    provenance,
    relative,
    releases,
    tabs,
)
from mypi.web.readmes import rendering, unrendered
from mypi.web.resources import OfProject


class Seen(NamedTuple):
    """A release among all of its project's: what the pages about it have in common."""

    release: Release
    known: list[Candidate]
    newest: Candidate | None

    @property
    def entry(self) -> Candidate | None:
        """The line of the release in the list."""
        return next((it for it in self.known if it.version == self.release.version), None)

    @property
    def is_latest(self) -> bool:
        """Whether installers take it when no version is named."""
        return self.newest is not None and self.newest.version == self.release.version


def seen(context: OfProject, release: Release | None) -> Seen | None:
    """``release``, or the latest one; None when the project has none."""
    known = releases.entries(context.found)
    newest = latest(known)
    if release is None and newest is not None:
        release = lookup.release(context.found, newest.version)
    return Seen(release, known, newest) if release is not None else None


def head(
    context: OfProject, it: Seen, here: Addresses, figure: figures.Figures, manage: str, tab: str
) -> dict[str, Any]:
    """The crumbs, the heading and the tabs."""
    name = context.found.project.name
    return {
        "name": name,
        "version": it.release.version,
        "badges": releases.badges(it.entry, it.newest) if it.entry else [],
        "links_page": here.links(name),
        "json_page": f"{here.home}pypi/{normalise(name)}/json",
        "tabs": tabs.of(
            context,
            here,
            it.release,
            it.known,
            current=tab,
            figure=figure,
            manage=manage,
        ),
    }


def release_page(
    context: OfProject,
    it: Seen,
    here: Addresses,
    today: date,
    bodies: BodyCache,
    figure: figures.Figures,
    shown_tabs: list[tabs.Tab],
    images: str,
) -> dict[str, Any]:
    """Everything the template shows of the release, beyond its head; ``images`` of its README.

    ``is_waiting``: its README has yet to be rendered; the page is not to be kept.
    """
    release, entry = it.release, it.entry
    name = context.found.project.name
    shown, is_waiting = _readme(release, release.fields, bodies, images)
    if not is_waiting:
        shown, is_waiting = relative.resolve(shown, release, name, here, bodies.get)
    origins = provenance.of_release(context.access, release, today)
    return {
        "origins": origins,
        "origin_badges": provenance.badges(origins),
        "banners": list(banners.of(context, entry, it.newest, here, today)),
        "released": moment(entry.first if entry else release.created, today),
        "by": release.by,
        "canonical": here.project(name) if it.is_latest else here.release(name, release.version),
        "install": snippets.install(here, name, "" if it.is_latest else release.version),
        "readme": shown,
        "is_waiting": is_waiting,
        "docs_page": next((tab.address for tab in shown_tabs if tab.label == tabs.DOCS), ""),
        "releases": releases.rows(
            it.known, release.version, it.newest, today, lambda v: here.release(name, v)
        ),
        "release_count": plural(len(it.known), "release"),
        "history": here.history(name),
        **about.values(context, release, here),
        **_files(context, release, here, today),
        **_counted(name, figure, here),
    }


def _files(context: OfProject, release: Release, here: Addresses, today: date) -> dict[str, Any]:
    """The files, and what they come to."""
    files = filetable.rows(context, release, here, today)
    attested = [file for file in files if file.attested]
    every = len(attested) == len(files)
    digests = sorted(file.sha256 for file in files)
    name, version = context.found.project.name, release.version
    return {
        "files": files[: filetable.MAX_FILES],
        "file_count": plural(len(files), "file"),
        "cut_files": len(files) - filetable.MAX_FILES,
        "total_size": size_in_words(sum(file.bytes for file in files)),
        "source": next((file for file in files if file.kind == "Source"), None),
        "requirements": snippets.requirements(here, name, version, digests),
        "matrix": fit.matrix(file.filename for file in files),
        "attested": "of every file" if every else f"of {plural(len(attested), 'file')}",
        "attested_page": attested[0].page if attested else "",
    }


def _counted(name: str, figure: figures.Figures, here: Addresses) -> dict[str, Any]:
    """What others do with the project."""
    return {
        "used_by": plural(figure.used_by, "project"),
        "used_by_page": here.used_by(name),
        "downloads": number(figure.total),
        "plot": figure.plot,
        "statistics": here.statistics(name),
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


def _readme(
    release: Release, fields: dict[str, Any], bodies: BodyCache, images: str
) -> tuple[str, bool]:
    """The README as HTML; its source, and True, while the renderer is at those of others."""
    text = release.description.text
    if not text.strip():
        return "", False
    content_type = (fields.get("description_content_type") or "")[:200]
    digest = hashlib.sha256(f"{content_type}\0{text}".encode("utf-8", "replace")).hexdigest()
    try:
        html = bodies.get(
            ("readme", digest, images),
            lambda: rendering.render(text, content_type, images).encode("utf-8", "replace"),
        )
    except rendering.Busy:
        return unrendered.source(text), True
    return html.decode(), False
