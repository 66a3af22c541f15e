"""Documents of the neutral format as nouns of the database: ``exporting.describing`` reversed.

Whoever made the documents may have made them to do harm: what pages and installers rely on is
checked again.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from mypi import filenames
from mypi.errors import Refused
from mypi.metadata import MULTIPLE, SINGLE, Metadata
from mypi.metadata.checks import check_description, check_field, check_version
from mypi.model import File, Link, Moved, Origin, Project, Promotion, Release, Trashed
from mypi.model.file import Provenance
from mypi.model.project import release_key
from mypi.names import check_project_name, normalise
from mypi.services import attestations
from mypi.services.exporting.encoding import seconds, seconds_or_none
from mypi.services.exporting.format import (
    FileDocument,
    OriginDocument,
    ProjectDocument,
    PromotionDocument,
    ReleaseDocument,
    TrashedDocument,
)
from mypi.services.importing.files import Files
from mypi.services.lifecycle import STATUSES
from mypi.services.receive import FILETYPES

TYPES: dict[str, Any] = {
    **dict.fromkeys(SINGLE, str),
    **dict.fromkeys(MULTIPLE.values(), list[str]),
    "keywords": list[str],
    "project_urls": dict[str, str],
}
"""Field of core metadata -> what it is."""


def project(told: ProjectDocument, folder: Path, files: Files) -> Project:
    """A project without its releases; raises Refused."""
    it = Project(check_project_name(told.name))
    if told.status not in STATUSES:
        raise Refused(f"{folder}: {told.status[:80]!r} is no status of a project.")
    it.status = told.status
    it.status_reason = told.status_reason
    it.owners = tuple(told.owners)
    it.documented = tuple(told.documented)
    docs = files.docs(folder, told.docs)
    if docs is not None:
        it.docs = docs
    return it


def release(told: ReleaseDocument, name: str, folder: Path, files: Files) -> Release:
    """A release of the project ``name``, without its files; raises Refused."""
    where = f"{folder}: version {told.version[:80]}"
    check_version(told.version, str(folder))
    check_description(told.description, where)
    metadata = Metadata(name, told.version, _fields(told.fields, where), told.description)
    it = Release(metadata, by=told.by, now=seconds(told.created))
    docs = files.docs(folder, told.docs)
    if docs is not None:
        it.docs = docs
    return it


def file(
    told: FileDocument, name: str, version: str, folder: Path, files: Files
) -> tuple[File, Link] | None:
    """A file of a release, and what installers see; None when its bytes are missing or damaged.

    Raises Refused when it cannot be a file of the project ``name``.
    """
    said = filenames.parse(told.filename, name)
    if said.project != normalise(name) or told.kind not in FILETYPES:
        raise Refused(f"{folder}: {told.filename} cannot be a file of {name}.")
    if told.metadata_sha256 not in ("", told.metadata):
        raise Refused(f"{folder}: installers would be told a wrong digest of {told.filename}.")
    artifact = files.artifact(folder, told)
    if artifact is None:
        return None
    it = File(
        told.filename, told.kind, told.python_tag, artifact, by=told.by, now=seconds(told.uploaded)
    )
    it.yanked = told.yanked
    it.comment = told.comment
    it.signature = files.beside(folder, told, ".asc")
    it.provenance = _provenance(folder, it, files.beside(folder, told, ".provenance"))
    it.origin = _origin(told.origin)
    it.promoted_to = tuple(told.promoted_to)
    offered = told.metadata_sha256 if artifact.metadata is not None else ""
    return it, it.link(version, told.requires_python, offered)


def whole_release(
    told: ReleaseDocument, name: str, folder: Path, files: Files
) -> tuple[Release, list[tuple[str, Link]]]:
    """A release with its files, and what installers see of them."""
    it = release(told, name, folder, files)
    links = []
    for filename, held, link in _files(told, name, folder, files):
        it.files[filename] = held
        links.append((filename, link))
    return it, links


def whole_project(told: ProjectDocument, folder: Path, files: Files) -> Project:
    """A project with all that it has."""
    it = project(told, folder, files)
    for each in told.releases:
        made = it.releases[release_key(each.version)] = release(each, it.name, folder, files)
        for _filename, held, link in _files(each, it.name, folder, files):
            it.put(made, held, link)
    return it


def trashed(told: TrashedDocument, folder: Path, files: Files) -> Trashed | None:
    """Something deleted, but for an index; None when it is a file that cannot be had."""
    links: list[tuple[str, Link]] = []
    name = check_project_name(told.of_project)
    what: Any = None
    if told.project is not None:
        what = whole_project(told.project, folder, files)
    elif told.release is not None:
        what, links = whole_release(told.release, name, folder, files)
    elif told.file is not None:
        check_version(told.version, str(folder))
        found = file(told.file, name, told.version, folder, files)
        if found is None:
            return None
        what, links = found[0], [(told.filename, found[1])]
    return bare_trashed(told, what, tuple((filename, tuple(link)) for filename, link in links))


def bare_trashed(
    told: TrashedDocument, what: Any, links: tuple[tuple[str, tuple[Any, ...]], ...] = ()
) -> Trashed:
    """A thing in the trash, made already."""
    return Trashed(
        told.id,
        told.kind,
        what,
        project=told.of_project,
        version=told.version,
        filename=told.filename,
        links=links,
        size=told.size,
        by=told.by,
        now=seconds(told.when),
        reason=told.reason,
    )


def promotion(told: PromotionDocument) -> Promotion:
    """One promotion."""
    it = Promotion(
        told.id,
        told.source,
        tuple(Moved(each.project, each.version, each.filename, each.sha256) for each in told.files),
        tuple(told.new_releases),
        tuple(told.new_projects),
        by=told.by,
        now=seconds(told.when),
        note=told.note,
    )
    it.undone = seconds_or_none(told.undone)
    return it


def _files(
    told: ReleaseDocument, name: str, folder: Path, files: Files
) -> Iterator[tuple[str, File, Link]]:
    for each in told.files:
        found = file(each, name, told.version, folder, files)
        if found is not None:
            yield each.filename, *found


def _fields(told: dict[str, Any], where: str) -> dict[str, Any]:
    """Core metadata, each field of the type that all who read it rely on."""
    fields = {}
    for name, value in told.items():
        if name not in TYPES:
            raise Refused(f"{where}: {name[:80]!r} is no field of core metadata.")
        try:
            fields[name] = msgspec.convert(value, TYPES[name])
        except msgspec.ValidationError as error:
            raise Refused(f"{where}: {name}: {error}.") from None
        check_field(name, value, where)
    return fields


def _provenance(folder: Path, it: File, raw: bytes | None) -> Provenance | None:
    if raw is None:
        return None
    it.provenance = Provenance(raw)
    try:
        attestations.public(it.provenance)
        attestations.told(it)
    except (ValueError, TypeError, KeyError, AttributeError, LookupError) as error:
        raise Refused(
            f"{folder}: {it.filename}.provenance holds no attestations ({error!r})."
        ) from None
    return it.provenance


def _origin(told: OriginDocument | None) -> Origin | None:
    if told is None:
        return None
    return Origin(
        told.came_from,
        told.uploaded_by,
        seconds(told.uploaded),
        told.by,
        seconds(told.when),
        told.note,
    )
