"""Take a promotion back."""

from mypi.errors import Missing, Refused
from mypi.model import File, Index, Moved, Promotion, Site
from mypi.model.policy import DAY
from mypi.model.project import release_key
from mypi.model.site import ROOT_KEY
from mypi.names import normalise
from mypi.services import acceptance
from mypi.services.actor import Actor
from mypi.services.hold import hold


def undo(index: Index, promotion_id: str, actor: Actor) -> Promotion:
    """Remove what a promotion brought into ``index``, as far as it is still what it brought.

    The same bytes may be promoted again, but on an index whose files never change no others may
    take their names: somebody may have installed them.  Releases and projects that the promotion
    made go when they are empty.  Files that it replaced in a volatile index do not come back.

    Raises Missing, NotAllowed (the index is frozen) and Refused (undone already, or too late).
    """
    promotion = index.promotions.get(promotion_id)
    if promotion is None:
        raise Missing(f"There is no promotion {promotion_id[:40]} into the index {index.name}.")
    acceptance.check_writable(index)
    _check_time(index, promotion, actor.now)
    taken_back: set[tuple[str, str, str]] = set()
    for moved in promotion.files:
        file = _take_out(index, promotion, moved)
        if file is not None and file.origin is not None:
            taken_back.add((file.origin.came_from, moved.project, moved.version))
            _unmark(index, file.origin.came_from, moved)
    emptied = _remove_empty(index, promotion) - {it[1:] for it in taken_back}
    for project, version in sorted(emptied):
        detail = "no file of it was left"
        index.journal.append(actor.entry("undo promotion", project, version, detail=detail))
    if not taken_back and not emptied:
        index.journal.append(actor.entry("undo promotion", detail="nothing of it was left"))
    for came_from, project, version in sorted(taken_back):
        detail = f"from {came_from}"
        index.journal.append(actor.entry("undo promotion", project, version, detail=detail))
        source = _source(index, came_from)
        if source is not None:
            detail = f"to {index.name}"
            source.journal.append(actor.entry("undo promotion", project, version, detail=detail))
    promotion.undone = actor.now
    hold(index)
    return promotion


def _check_time(index: Index, promotion: Promotion, now: float) -> None:
    if promotion.undone is not None:
        raise Refused(f"The promotion {promotion.id} into {index.name} has been undone already.")
    if now > promotion.when + index.policy.trash_days * DAY:
        raise Refused(
            f"The promotion {promotion.id} into {index.name} is more than "
            f"{index.policy.trash_days} days old and stays. Delete what should go, release by "
            "release."
        )


def _take_out(index: Index, promotion: Promotion, moved: Moved) -> File | None:
    """Drop a file and return it, if it is still the one that the promotion brought."""
    project = index.project(moved.project)
    release = project.release(moved.version) if project is not None else None
    file = release.files.get(moved.filename) if release is not None else None
    if project is None or release is None or file is None:
        return None
    brought = file.origin is not None and file.origin.when == promotion.when
    if not brought or file.artifact.sha256 != moved.sha256:
        return None
    index.drop(project, release, moved.filename)
    return file


def _unmark(index: Index, came_from: str, moved: Moved) -> None:
    """Forget, in the source, that the file was promoted to ``index``; unless it is gone there."""
    source = _source(index, came_from)
    project = source.project(moved.project) if source is not None else None
    if project is None:
        return
    file = project.file(moved.filename)
    project.changes.change(1)  # the journal has an entry about it
    if file is not None and file.artifact.sha256 == moved.sha256:
        file.promoted_to = tuple(name for name in file.promoted_to if name != index.name)


def _remove_empty(index: Index, promotion: Promotion) -> set[tuple[str, str]]:
    """Remove releases and projects that the promotion made and that hold nothing any more.

    Returns project and version of each; no version of a project that had none left.
    """
    removed: set[tuple[str, str]] = set()
    for name, version in promotion.new_releases:
        project = index.project(name)
        release = project.release(version) if project is not None else None
        if project is not None and release is not None and not release.files:
            hold(index, release.files)
            del project.releases[release_key(version)]
            project.touch()
            removed.add((name, version))
    for name in promotion.new_projects:
        project = index.project(name)
        if project is not None and not project.releases:
            hold(index, project.releases)
            del index.projects[normalise(name)]
            index.count.change(-1)
            project.touch()
            if not any(name == other for other, _version in removed):
                removed.add((name, ""))
    return removed


def _source(index: Index, name: str) -> Index | None:
    """Another index of the same site; an index does not know its site, its database does."""
    site: Site = index._p_jar.root()[ROOT_KEY]
    found: Index | None = site.indexes.get(name)
    return found
