"""What the JSON API tells of a project: a release of it, and the files of all."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from mypi.errors import Missing
from mypi.model import Link, Release
from mypi.model.project import release_key
from mypi.services import docsites, lookup, versions
from mypi.services.lookup import Found, Listed
from mypi.web.frame import outward
from mypi.web.frame.addresses import Addresses
from mypi.web.pypi import files

MAX_BARE = 50
"""Releases without files whose spelling is looked up; of further ones the shortest is told."""

_TEXTS = (
    *("author", "author_email", "maintainer", "maintainer_email", "home_page", "download_url"),
    *("summary", "license"),
)
_OR_NULL = ("description_content_type", "license_expression", "requires_python")
_LISTS_OR_NULL = ("dynamic", "license_files", "provides_extra", "requires_dist")


def latest(found: Found) -> Release:
    """The release that is meant when none is named; raises Missing."""
    known = versions.candidates(listed.link for listed in found.links())
    best = versions.latest(known)
    if best is not None:
        return lookup.release(found, best.version)
    keys = [key for _index, project in found.sources for key in project.releases]
    if not keys:
        raise Missing(f"{found.project.name} has no release in the index {found.index.name}.")
    return lookup.release(found, max(keys, key=_rank))


def about(
    here: Addresses, found: Found, release: Release, serial: int, *, every: bool
) -> dict[str, Any]:
    """The answer; ``every``: with the files of all releases."""
    links = list(found.links())
    key = release_key(release.version)
    same = {it.link.version for it in links if release_key(it.link.version) == key}
    own = [it for it in links if it.link.version in same]
    said: dict[str, Any] = {
        "info": _info(here, found, release, [it.link for it in own]),
        "last_serial": serial,
        "ownership": {
            "organization": None,
            "roles": [{"role": "Owner", "user": user} for user in found.project.owners],
        },
        "urls": files.told(here, found, own, whole=True),
        "vulnerabilities": [],
    }
    if every:
        said["releases"] = _releases(here, found, links)
    return said


def _releases(here: Addresses, found: Found, links: list[Listed]) -> dict[str, Any]:
    whole = len(links) <= files.MAX_WHOLE
    grouped: dict[str, list[Listed]] = {version: [] for version in _spellings(found)}
    for listed in links:
        grouped[listed.link.version].append(listed)
    ordered = sorted(grouped, key=versions.parse)
    return {it: files.told(here, found, grouped[it], whole=whole) for it in ordered}


def _spellings(found: Found) -> Iterator[str]:
    """The version of every release, as it is spelt; those without files cost a look at each."""
    for _index, project in found.sources:
        spelt = dict.fromkeys(link.version for _name, link in project.pages())
        keys = {release_key(version) for version in spelt}
        bare = [key for key in project.releases if key not in keys]
        yield from spelt
        yield from (project.releases[key].version for key in islice(bare, MAX_BARE))
        yield from bare[MAX_BARE:]


def _rank(key: str) -> Any:
    version = versions.parse(key)
    return not version.is_prerelease, version


def _info(here: Addresses, found: Found, release: Release, own: list[Link]) -> dict[str, Any]:
    fields, name = release.fields, found.project.name
    page = outward.url(here, here.project(name))
    is_yanked = bool(own) and all(link.yanked is not None for link in own)
    reasons = (link.yanked for link in own if link.yanked)
    return {
        **{field: str(fields.get(field) or "") for field in _TEXTS},
        **{field: fields.get(field) or None for field in (*_OR_NULL, *_LISTS_OR_NULL)},
        "bugtrack_url": None,
        "classifiers": list(fields.get("classifiers") or ()),
        "description": release.description.text,
        "docs_url": outward.url(here, here.docs(name)) if docsites.has_docs(found) else None,
        "downloads": dict.fromkeys(("last_day", "last_month", "last_week"), files.UNKNOWN),
        "keywords": ",".join(fields.get("keywords") or ()),
        "name": name,
        "package_url": page,
        "platform": (fields.get("platforms") or [None])[0],
        "project_url": page,
        "project_urls": dict(fields.get("project_urls") or {}) or None,
        "release_url": outward.url(here, here.release(name, release.version)),
        "version": release.version,
        "yanked": is_yanked,
        "yanked_reason": next(reasons, None) if is_yanked else None,
    }
