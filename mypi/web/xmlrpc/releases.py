"""Methods about releases and their files, in the words of the old public index."""

from datetime import UTC, datetime
from typing import Any
from xmlrpc.client import DateTime

from mypi.errors import Missing
from mypi.model import File, Release
from mypi.services import lookup, recent, versions
from mypi.services.lookup import Found, Listed
from mypi.web.frame import outward
from mypi.web.xmlrpc.asking import Asked

UNKNOWN = -1
"""What the old public index said of downloads when it had ceased to count them."""

_TEXTS = (
    *("author", "author_email", "maintainer", "maintainer_email", "home_page", "download_url"),
    *("summary", "license", "requires_python"),
)
_LISTS = (
    *("classifiers", "requires", "requires_dist", "provides", "provides_dist", "obsoletes"),
    *("obsoletes_dist", "requires_external"),
)


def package_releases(asked: Asked, name: str, show_hidden: bool | int = False) -> list[str]:
    """The latest version of a project, or all of them, newest first."""
    found = asked.project(name)
    known = recent.known(found) if found is not None else []
    if show_hidden:
        return [it.version for it in known]
    latest = versions.latest(known)
    return [latest.version] if latest is not None else []


def release_urls(asked: Asked, name: str, version: str) -> list[dict[str, Any]]:
    """The files of a release."""
    found, release = _release(asked, name, version)
    if found is None or release is None:
        return []
    files = [listed for listed in found.links() if listed.link.version == release.version]
    return [_told(asked, found, listed) for listed in files]


def release_data(asked: Asked, name: str, version: str) -> dict[str, Any]:
    """What is known of a release; empty if there is none."""
    found, release = _release(asked, name, version)
    if found is None or release is None:
        return {}
    here, fields = asked.here, release.fields
    project = found.project.name
    has_docs = found.project.docs is not None
    older = [it.version for it in reversed(recent.known(found))]
    return {
        "name": project,
        "version": release.version,
        "stable_version": None,
        "bugtrack_url": None,
        "package_url": outward.url(here, here.project(project)),
        "release_url": outward.url(here, here.release(project, release.version)),
        "docs_url": outward.url(here, here.docs(project)) if has_docs else None,
        "description": release.description.text,
        **{field: str(fields.get(field) or "") for field in _TEXTS},
        **{field: list(fields.get(field) or ()) for field in _LISTS},
        "license": fields.get("license") or fields.get("license_expression") or "",
        "keywords": ",".join(fields.get("keywords") or ()),
        "platform": (fields.get("platforms") or [""])[0],
        "project_url": [f"{label}, {url}" for label, url in _urls(fields)],
        "downloads": dict.fromkeys(("last_day", "last_week", "last_month"), UNKNOWN),
        "cheesecake_code_kwalitee_id": None,
        "cheesecake_documentation_id": None,
        "cheesecake_installability_id": None,
        "_pypi_ordering": older.index(release.version) if release.version in older else 0,
    }


def _release(asked: Asked, name: str, version: str) -> tuple[Found | None, Release | None]:
    found = asked.project(name)
    try:
        return found, lookup.release(found, version) if found is not None else None
    except Missing:
        return found, None


def _urls(fields: dict[str, Any]) -> list[tuple[str, str]]:
    return list((fields.get("project_urls") or {}).items())


def _told(asked: Asked, found: Found, listed: Listed) -> dict[str, Any]:
    link = listed.link
    path = asked.here.file(listed.held_by, found.project.name, listed.filename)
    file = _file(found, listed)
    when = datetime.fromtimestamp(link.uploaded, UTC)
    digests = {
        "md5": file.artifact.md5,
        "sha256": link.sha256,
        "blake2b_256": file.artifact.blake2_256,
    }
    return {
        "filename": listed.filename,
        "packagetype": file.kind,
        "python_version": file.python_tag,
        "size": link.size,
        "md5_digest": file.artifact.md5,
        "sha256_digest": link.sha256,
        "digests": digests,
        "has_sig": link.signed,
        "upload_time": DateTime(when.strftime("%Y%m%dT%H:%M:%S")),
        "upload_time_iso_8601": when.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "comment_text": file.comment,
        "downloads": UNKNOWN,
        "path": path.removeprefix(asked.here.root).removeprefix("/packages/"),
        "url": outward.url(asked.here, path),
        "requires_python": link.requires_python,
        "yanked": link.yanked is not None,
        "yanked_reason": link.yanked or None,
    }


def _file(found: Found, listed: Listed) -> File:
    (project,) = (it for index, it in found.sources if index.name == listed.held_by)
    file = project.file(listed.filename)
    assert file is not None, "links are derived from files"
    return file


METHODS = (package_releases, release_urls, release_data)
