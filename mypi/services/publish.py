"""The one way a file or a release enters an index."""

import hashlib
from dataclasses import dataclass
from itertools import islice

from mypi import filenames
from mypi.errors import Conflict, NotAllowed, Refused
from mypi.metadata import Metadata
from mypi.model.file import Artifact, File, Link, MetadataFile, new_blob
from mypi.model.index import Index
from mypi.model.project import Project, Release
from mypi.services import acceptance
from mypi.services.acceptance import Arrival
from mypi.services.actor import Actor
from mypi.services.hold import hold
from mypi.services.receive import Upload

NEEDS = ("requires_dist", "provides_extra", "requires_python")
"""Fields that tell what a release needs."""


@dataclass(frozen=True)
class Published:
    """What was done; ``new`` is False when the same bytes were there already.

    ``attested``: they were, without the attestations that they have now.  ``warnings`` are rules of
    the index that the file breaks and that are not enforced.
    """

    project: str
    version: str
    filename: str
    new: bool
    warnings: tuple[str, ...] = ()
    attested: bool = False


def publish(index: Index, upload: Upload, actor: Actor, *, first: Actor | None = None) -> Published:
    """Add one checked archive to ``index``.

    ``first`` is who published it elsewhere, and when, if it was brought from there by ``actor``.
    Raises Conflict when the file name is taken by other bytes and the index is not volatile,
    Refused for a second source archive, and NotAllowed when the project takes no uploads.
    Writes a fixed handful of objects, whatever the size of project and index.
    """
    filename = upload.name.filename
    known = index.project(upload.name.project)
    existing = known.file(filename) if known is not None else None
    if existing is not None and existing.artifact.sha256 == upload.digests.sha256:
        attested = _attest(index, known, existing, upload, actor)
        version = str(upload.name.version)
        return Published(upload.name.project, version, filename, new=False, attested=attested)
    if existing is not None and not index.policy.volatile:
        raise taken(index, filename)
    warnings = acceptance.check(index, _arrival(index, known, upload, existing))
    _check_only_sdist(known, upload)
    project = _open_project(index, upload.metadata.name, actor)
    release = _release(index, project, upload, actor, first or actor)
    action = "replace" if existing is not None else "add"
    index.journal.append(
        actor.entry(
            f"{action} {upload.name.python_tag} file {filename}",
            project.name,
            release.version,
            filename,
        )
    )
    add_file(index, project, release, upload, first or actor)
    hold(index, project, release)
    return Published(project.name, release.version, filename, True, warnings)


def _check_only_sdist(project: Project | None, upload: Upload) -> None:
    """Raise Refused for a second source archive of one format: installers would take either.

    ``six-1.0.tar.gz`` beside ``Six-1.0.0.tar.gz``; ``setup.py sdist --formats=gztar,zip`` may send
    both.
    """
    name, form = upload.name.filename, filenames.sdist_format(upload.name.filename)
    release = project.release(str(upload.name.version)) if project is not None and form else None
    for other in release.files if release is not None else ():
        if other != name and filenames.sdist_format(other) == form:
            raise Refused(
                f"Only one sdist may be uploaded per release: {other} is here already, and {name} "
                "is another spelling of it. Delete that one first, or raise the version."
            )


def taken(index: Index, filename: str) -> Conflict:
    """What to raise for a file name that belongs to other bytes."""
    return Conflict(
        f"File already exists: {filename} is here with other bytes, and files of the index "
        f"{index.name} never change. Raise the version and upload again."
    )


def register(index: Index, metadata: Metadata, actor: Actor) -> Release:
    """Record what ``setup.py register`` says of a release; files may follow or not.

    A release whose files say what it is keeps their word.
    """
    acceptance.check_writable(index)
    project = _open_project(index, metadata.name, actor)
    release = project.release(metadata.version)
    if release is None:
        release = _new_release(index, project, metadata, actor, actor)
    elif not release.files and _differs(release, metadata):
        release.describe(metadata)
        project.changes.change(1)
        index.journal.append(actor.entry("update release", project.name, release.version))
    # What it says must not come behind a first file that says otherwise.
    hold(index, project, release.files)
    return release


def add_file(
    index: Index, project: Project, release: Release, upload: Upload, actor: Actor
) -> File:
    """Hang the archive below ``release``, and put it on the installer's page."""
    raw = upload.inspection.metadata
    artifact = Artifact(
        new_blob(upload.spool),
        upload.spool.size,
        upload.digests,
        MetadataFile(raw) if raw is not None else None,
    )
    file = File(
        upload.name.filename,
        upload.name.kind,
        upload.name.python_tag,
        artifact,
        by=actor.by,
        now=actor.now,
    )
    if upload.signature is not None:
        file.signature = upload.signature
    if upload.provenance is not None:
        file.provenance = upload.provenance
    if upload.comment:
        file.comment = upload.comment
    offered = raw is not None and upload.inspection.metadata_final
    link = file.link(
        release.version,
        str(upload.metadata.fields.get("requires_python", "")),
        hashlib.sha256(raw).hexdigest() if raw is not None and offered else "",
    )
    index.put(project, release, file, link)
    return file


def _attest(
    index: Index, project: Project | None, file: File, upload: Upload, actor: Actor
) -> bool:
    """The same bytes again: take attestations that were missing; whether that was so."""
    if upload.provenance is None or file.provenance is not None or project is None:
        return False
    acceptance.check_writable(index)
    check_open(project)
    file.provenance = upload.provenance
    link = Link(*project.links[file.filename])
    project.links[file.filename] = tuple(link._replace(attested=True))
    project.touch()
    version = str(upload.name.version)
    index.journal.append(
        actor.entry(f"add attestations {file.filename}", project.name, version, file.filename)
    )
    hold(index)
    return True


def _arrival(
    index: Index, project: Project | None, upload: Upload, existing: File | None
) -> Arrival:
    return Arrival(
        upload.name.filename,
        upload.name.kind,
        upload.spool.size,
        upload.digests.sha256,
        upload.metadata.fields,
        upload.metadata.description,
        replaces=existing.artifact.size if existing is not None else 0,
        with_wheel="wheel" not in index.policy.rules or _has_wheel(project, upload),
        unfinished=True,
    )


def _has_wheel(project: Project | None, upload: Upload) -> bool:
    release = project.release(str(upload.name.version)) if project is not None else None
    beside = release.files if release is not None else ()
    return any(filename.endswith(".whl") for filename in (upload.name.filename, *beside))


def _open_project(index: Index, name: str, actor: Actor) -> Project:
    """The project of that name; a new one belongs to who made it, if the index has ownership."""
    project = index.project(name)
    if project is None:
        project = index.project_or_new(name)
        if index.policy.ownership and actor.by:
            project.owners = (actor.by,)
    check_open(project)
    return project


def check_open(project: Project) -> None:
    """Raise NotAllowed when the project's status forbids uploads (PEP 792)."""
    if project.status in ("archived", "quarantined"):
        raise NotAllowed(
            f"{project.name} is {project.status} and takes no uploads"
            + (f": {project.status_reason}" if project.status_reason else ".")
        )


def _release(index: Index, project: Project, upload: Upload, actor: Actor, first: Actor) -> Release:
    """The release of the upload, made if it is new; its first file decides what it says.

    Sdists of setup.py are silent about requirements; those come with the wheel, whichever is first.
    """
    release = project.release(str(upload.name.version))
    if release is None:
        return _new_release(index, project, upload.metadata, actor, first)
    alone = set(islice(release.files, 2)) <= {upload.name.filename}
    if alone and _differs(release, upload.metadata):
        release.describe(upload.metadata)
    elif not alone and upload.inspection.metadata_final:
        _add_requirements(release, upload.metadata)
    return release


def _add_requirements(release: Release, metadata: Metadata) -> None:
    """Let ``release`` take what it needs from ``metadata``, if it says of no requirement."""
    if "requires_dist" in release.fields or "requires_dist" not in metadata.fields:
        return
    needs = {name: metadata.fields[name] for name in NEEDS if name in metadata.fields}
    release.fields = {**needs, **release.fields}


def _new_release(
    index: Index, project: Project, metadata: Metadata, actor: Actor, first: Actor
) -> Release:
    new_project = not project.releases
    release = project.add_release(metadata, by=first.by, now=first.now)
    if new_project:
        index.journal.append(actor.entry("create", project.name))
    index.journal.append(actor.entry("new release", project.name, release.version))
    return release


def _differs(release: Release, metadata: Metadata) -> bool:
    return (
        release.fields != dict(metadata.fields) or release.description.text != metadata.description
    )
