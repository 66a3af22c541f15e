"""The nouns of the database as documents of the neutral format.  Reads only."""

import hashlib
from collections.abc import Iterator
from urllib.parse import quote

from mypi.model import File, Index, Link, Project, Promotion, Release, Trashed
from mypi.model.docs import Docs
from mypi.model.downloads import ProjectDownloads
from mypi.model.journal import Entry
from mypi.model.promotion import Origin
from mypi.services.exporting.encoding import moment, moment_or_none
from mypi.services.exporting.format import (
    DocsDocument,
    DownloadsDocument,
    EntryDocument,
    FileDocument,
    IndexDocument,
    MovedDocument,
    OriginDocument,
    ProjectDocument,
    PromotionDocument,
    ReleaseDocument,
    TrashedDocument,
)
from mypi.services.policies import policy_of

DOCUMENTATION = "documentation"
"""The folder with documentation archives, beside the document that names them."""

MAX_VERSION = 150
"""Characters of a version that a file is called by; a longer one goes by its digest."""


def project(it: Project) -> ProjectDocument:
    """A project with its releases."""
    links = dict(it.pages())
    return ProjectDocument(
        name=it.name,
        status=it.status,
        status_reason=it.status_reason,
        owners=list(it.owners),
        documented=list(it.documented),
        docs=_docs(it),
        releases=[release(each, links) for each in it.releases.values()],
    )


def release(it: Release, links: dict[str, Link]) -> ReleaseDocument:
    """A release with its files; ``links`` are what installers see of them."""
    return ReleaseDocument(
        version=it.version,
        created=moment(it.created),
        by=it.by,
        fields=dict(it.fields),
        description=it.description.text,
        docs=_docs(it),
        files=[file(each, links[each.filename]) for each in it.files.values()],
    )


def file(it: File, link: Link) -> FileDocument:
    """One archive."""
    artifact = it.artifact
    digests = {suffix: hashlib.sha256(raw).hexdigest() for suffix, raw in beside(it)}
    return FileDocument(
        filename=it.filename,
        kind=it.kind,
        python_tag=it.python_tag,
        size=artifact.size,
        sha256=artifact.sha256,
        blake2_256=artifact.blake2_256,
        md5=artifact.md5,
        by=it.by,
        uploaded=moment(it.uploaded),
        yanked=it.yanked,
        comment=it.comment,
        requires_python=link.requires_python,
        metadata_sha256=link.metadata_sha256,
        metadata=digests.get(".metadata", ""),
        signature=digests.get(".asc", ""),
        provenance=digests.get(".provenance", ""),
        origin=_origin(it.origin),
        promoted_to=list(it.promoted_to),
    )


def trashed(it: Trashed) -> TrashedDocument:
    """Something deleted; of a deleted index, what else it has is told elsewhere."""
    links = {filename: Link(*link) for filename, link in it.links}
    is_file = it.kind == "file"
    return TrashedDocument(
        id=it.id,
        kind=it.kind,
        of_project=it.project,
        version=it.version,
        filename=it.filename,
        size=it.size,
        by=it.by,
        when=moment(it.when),
        reason=it.reason,
        project=project(it.what) if it.kind == "project" else None,
        release=release(it.what, links) if it.kind == "release" else None,
        file=file(it.what, links[it.filename]) if is_file else None,
    )


def index(it: Index) -> IndexDocument:
    """An index, but for its projects, its trash and its journal."""
    days = it.downloads.days.items()
    return IndexDocument(
        name=it.name,
        policy=policy_of(it),
        reserved=dict(it.reserved),
        promotions=[_promotion(each) for each in it.promotions.values()],
        projects=len(it.projects),
        trash=len(it.trash),
        recent=[(day, name, number) for (day, name), number in days],
        recent_since=it.downloads.oldest,
    )


def downloads(it: ProjectDownloads) -> DownloadsDocument:
    """The downloads of one project."""
    rows = [(kind, day, value, number) for (kind, day, value), number in it.rows.items()]
    return DownloadsDocument(total=it.total, folded=it.folded, rows=rows)


def entry(it: Entry) -> EntryDocument:
    """A line of a journal."""
    return EntryDocument(**{**it._asdict(), "when": moment(it.when)})


def files_of(it: Project | Release | File) -> Iterator[File]:
    """The files that belong to it."""
    if isinstance(it, File):
        yield it
    elif isinstance(it, Release):
        yield from it.files.values()
    else:
        for each in it.releases.values():
            yield from each.files.values()


def beside(it: File) -> Iterator[tuple[str, bytes]]:
    """What lies beside an archive: a suffix of its name, and the bytes."""
    if it.artifact.metadata is not None:
        yield ".metadata", it.artifact.metadata.raw
    if it.signature is not None:
        yield ".asc", it.signature
    if it.provenance is not None:
        yield ".provenance", it.provenance.raw


def docs_of(it: Project | Release | File) -> Iterator[tuple[str, Docs]]:
    """The documentation archives that belong to it, with the paths that the documents tell."""
    holders: list[Project | Release] = []
    if isinstance(it, Project):
        holders = [it, *it.releases.values()]
    elif isinstance(it, Release):
        holders = [it]
    for holder in holders:
        if holder.docs is not None:
            yield docs_path(holder), holder.docs


def docs_path(holder: Project | Release) -> str:
    """Where documentation lies, from the document on."""
    if isinstance(holder, Project):
        return f"{DOCUMENTATION}/project.zip"
    version = quote(holder.version, safe="")
    if len(version) > MAX_VERSION:
        version = hashlib.sha256(version.encode()).hexdigest()
    return f"{DOCUMENTATION}/release-{version}.zip"


def _docs(holder: Project | Release) -> DocsDocument | None:
    it = holder.docs
    if it is None:
        return None
    return DocsDocument(
        path=docs_path(holder),
        size=it.size,
        sha256=it.sha256,
        by=it.by,
        uploaded=moment(it.uploaded),
    )


def _origin(it: Origin | None) -> OriginDocument | None:
    if it is None:
        return None
    told = {**Origin(*it)._asdict(), "uploaded": moment(it.uploaded), "when": moment(it.when)}
    return OriginDocument(**told)


def _promotion(it: Promotion) -> PromotionDocument:
    return PromotionDocument(
        id=it.id,
        source=it.source,
        files=[MovedDocument(**moved._asdict()) for moved in it.files],
        new_releases=list(it.new_releases),
        new_projects=list(it.new_projects),
        by=it.by,
        when=moment(it.when),
        note=it.note,
        undone=moment_or_none(it.undone),
    )
