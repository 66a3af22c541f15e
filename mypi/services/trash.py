"""Delete to the trash, restore from it exactly, and empty it."""

from collections.abc import Iterable

from mypi.errors import Missing
from mypi.model import File, Index, Link, Project, Release, Trashed
from mypi.model.policy import DAY
from mypi.model.project import release_key
from mypi.names import normalise
from mypi.services import lookup
from mypi.services.acceptance import check_writable
from mypi.services.actor import Actor
from mypi.services.hold import claim, claim_release
from mypi.services.ids import new_id
from mypi.services.lifecycle import check_reason
from mypi.services.restoring import put_back


def delete(
    index: Index,
    project: str,
    actor: Actor,
    version: str = "",
    filename: str = "",
    reason: str = "",
) -> Trashed:
    """Take a project out of the index; with a version a release of it, with a file name a file.

    The names of files stay reserved unless the index is volatile.  A release stays when its last
    file goes, and a project when its last release does.  Raises Missing, NotAllowed and Refused
    (``reason`` is not one line).
    """
    check_writable(index)
    reason = check_reason(reason)
    owner = lookup.project_of(index, project)
    if not version:
        trashed = _take_project(index, owner, actor, reason)
        index.journal.append(actor.entry("remove project", owner.name, detail=reason))
    elif not filename:
        trashed = _take_release(index, owner, lookup.release_of(owner, version), actor, reason)
        index.journal.append(
            actor.entry("remove release", owner.name, trashed.version, detail=reason)
        )
    else:
        trashed = _take_file(
            index, owner, lookup.release_of(owner, version), filename, actor, reason
        )
        index.journal.append(
            actor.entry(
                f"remove file {filename}", owner.name, trashed.version, filename, detail=reason
            )
        )
    owner.touch()
    index.trash[trashed.id] = trashed
    return trashed


def restore(index: Index, number: str, actor: Actor) -> Trashed:
    """Put back what was deleted, exactly as it was.

    Raises Missing, NotAllowed, and Conflict when something new has taken its place, or when what it
    belongs to is gone itself.
    """
    check_writable(index)
    trashed = find(index, number)
    put_back(index, trashed)
    del index.trash[number]
    what = f"file {trashed.filename}" if trashed.kind == "file" else trashed.kind
    index.journal.append(
        actor.entry(f"restore {what}", trashed.project, trashed.version, trashed.filename)
    )
    return trashed


def find(index: Index, number: str) -> Trashed:
    """What has that id; raises Missing."""
    trashed: Trashed | None = index.trash.get(number)
    if trashed is None:
        raise Missing(f"There is nothing with the id {number[:80]} in the trash of {index.name}.")
    return trashed


def expires(index: Index, trashed: Trashed) -> float:
    """When it may be thrown away, in seconds since the epoch."""
    return trashed.when + index.policy.trash_days * DAY


def purge(index: Index, number: str, actor: Actor) -> int:
    """Throw one thing away for good; returns its bytes."""
    trashed = find(index, number)
    del index.trash[number]
    project = index.project(trashed.project)
    if project is not None:
        project.changes.change(1)  # the journal has an entry about it
    index.journal.append(
        actor.entry(
            "empty trash", trashed.project, trashed.version, trashed.filename, detail=trashed.kind
        )
    )
    return trashed.size


def empty(index: Index, actor: Actor, *, everything: bool = False) -> int:
    """Throw away what has been there for the policy's days, or everything; returns its bytes.

    The disk has them back after the database was packed, except those of files that another index
    has by promotion.
    """
    old = [
        trashed
        for trashed in index.trash.values()
        if everything or expires(index, trashed) <= actor.now
    ]
    for trashed in old:
        del index.trash[trashed.id]
    freed = sum(trashed.size for trashed in old)
    if old:
        index.journal.append(actor.entry("empty trash", detail=f"{len(old)} things, {freed} bytes"))
    return freed


def _take_project(index: Index, project: Project, actor: Actor, reason: str) -> Trashed:
    claim(index, project)
    size = _leave(index, project.pages())
    del index.projects[normalise(project.name)]
    index.count.change(-1)
    return _trashed("project", project, project, actor, reason, size=size)


def _take_release(
    index: Index, project: Project, release: Release, actor: Actor, reason: str
) -> Trashed:
    claim_release(index, release)
    links = tuple((filename, project.links.pop(filename)) for filename in release.files)
    size = _leave(index, ((filename, Link(*link)) for filename, link in links))
    del project.releases[release_key(release.version)]
    return _trashed("release", release, project, actor, reason, release.version, "", links, size)


def _take_file(
    index: Index, project: Project, release: Release, filename: str, actor: Actor, reason: str
) -> Trashed:
    if filename not in release.files:
        raise Missing(f"{project.name} {release.version} has no file {filename[:200]}.")
    link = project.links[filename]
    file = index.drop(project, release, filename)
    size = file.artifact.size
    links = ((filename, link),)
    return _trashed("file", file, project, actor, reason, release.version, filename, links, size)


def _leave(index: Index, links: Iterable[tuple[str, Link]]) -> int:
    """Count files out of the index, and reserve their names unless it is volatile; their bytes."""
    size = 0
    for filename, link in links:
        size += link.size
        if not index.policy.volatile:
            index.reserved[filename] = link.sha256
    index.size.change(-size)
    return size


def _trashed(
    kind: str,
    what: Project | Release | File,
    project: Project,
    actor: Actor,
    reason: str,
    version: str = "",
    filename: str = "",
    links: tuple[tuple[str, tuple[object, ...]], ...] = (),
    size: int = 0,
) -> Trashed:
    return Trashed(
        new_id(actor.now),
        kind,
        what,
        project=project.name,
        version=version,
        filename=filename,
        links=links,
        size=size,
        by=actor.by,
        now=actor.now,
        reason=reason,
    )
