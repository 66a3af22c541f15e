"""The one way a file or a release enters an index."""

import hashlib
from dataclasses import dataclass
from itertools import islice
from typing import Any

from mypi.errors import Conflict, NotAllowed
from mypi.metadata import Metadata
from mypi.model.file import Artifact, File, MetadataFile, new_blob
from mypi.model.index import Index
from mypi.model.project import Project, Release
from mypi.services.actor import Actor
from mypi.services.receive import Upload


@dataclass(frozen=True)
class Published:
    """What was done; ``new`` is False when the same bytes were there already."""

    project: str
    version: str
    filename: str
    new: bool


def publish(index: Index, upload: Upload, actor: Actor) -> Published:
    """Add one checked archive to ``index``.

    Raises Conflict when the file name is taken by other bytes and the index is not volatile, and
    NotAllowed when the project takes no uploads.
    Writes a fixed handful of objects, whatever the size of project and index.
    """
    filename = upload.name.filename
    known = index.project(upload.name.project)
    existing = known.file(filename) if known is not None else None
    if existing is not None and existing.artifact.sha256 == upload.digests.sha256:
        return Published(upload.name.project, str(upload.name.version), filename, new=False)
    if existing is not None and not index.policy.volatile:
        raise Conflict(
            f"File already exists: {filename} is here with other bytes, and files of the index "
            f"{index.name} never change. Raise the version and upload again."
        )
    project = _open_project(index, upload.metadata.name)
    release = _release(index, project, upload, actor)
    action = "replace" if existing is not None else "add"
    index.journal.append(
        actor.entry(
            f"{action} {upload.name.python_tag} file {filename}",
            project.name,
            release.version,
            filename,
        )
    )
    add_file(index, project, release, upload, actor)
    _hold(index, project)
    return Published(project.name, release.version, filename, new=True)


def register(index: Index, metadata: Metadata, actor: Actor) -> Release:
    """Record what ``setup.py register`` says of a release; files may follow or not.

    A release whose files say what it is keeps their word.
    """
    project = _open_project(index, metadata.name)
    release = project.release(metadata.version)
    if release is None:
        release = _new_release(index, project, metadata, actor)
    elif not release.files and _differs(release, metadata):
        release.describe(metadata)
        project.changes.change(1)
        index.journal.append(actor.entry("update release", project.name, release.version))
    _hold(index, project)
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


def _open_project(index: Index, name: str) -> Project:
    project = index.project_or_new(name)
    check_open(project)
    return project


def check_open(project: Project) -> None:
    """Raise NotAllowed when the project's status forbids uploads (PEP 792)."""
    if project.status in ("archived", "quarantined"):
        raise NotAllowed(
            f"{project.name} is {project.status} and takes no uploads"
            + (f": {project.status_reason}" if project.status_reason else ".")
        )


def _release(index: Index, project: Project, upload: Upload, actor: Actor) -> Release:
    """The release of the upload, made if it is new; its first file decides what it says."""
    release = project.release(str(upload.name.version))
    if release is None:
        return _new_release(index, project, upload.metadata, actor)
    alone = set(islice(release.files, 2)) <= {upload.name.filename}
    if alone and _differs(release, upload.metadata):
        release.describe(upload.metadata)
    return release


def _new_release(index: Index, project: Project, metadata: Metadata, actor: Actor) -> Release:
    new_project = not project.releases
    release = project.add_release(metadata, by=actor.by, now=actor.now)
    if new_project:
        index.journal.append(actor.entry("create", project.name))
    index.journal.append(actor.entry("new release", project.name, release.version))
    return release


def _differs(release: Release, metadata: Metadata) -> bool:
    return (
        release.fields != dict(metadata.fields) or release.description.text != metadata.description
    )


def _hold(index: Index, *relied_on: Any) -> None:
    """Conflict with whoever deletes the project or changes the policy meanwhile.

    Merging must not hide a real clash: both acts write to exactly these objects.
    """
    connection = index._p_jar
    if connection is None:
        return
    for noun in (index.policy, *relied_on):
        if noun._p_jar is not None:
            noun._p_activate()  # a ghost has no serial, and would not be held
            connection.readCurrent(noun)
