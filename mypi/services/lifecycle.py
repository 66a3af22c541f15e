"""The life of a release and of a project: yanked or not, active or not, owned by whom."""

from collections.abc import Iterable

from mypi.errors import Missing, Refused
from mypi.model import Index, Link, Project, Release
from mypi.permissions import check_login
from mypi.services import lookup
from mypi.services.acceptance import check_writable
from mypi.services.actor import Actor

STATUSES = ("active", "archived", "deprecated", "quarantined")
"""Project statuses (PEP 792): archived and quarantined take no uploads, quarantined offers none."""

MAX_REASON = 500


def check_reason(text: str) -> str:
    """``text`` as one line of printable characters; raises Refused."""
    reason = text.strip()
    if len(reason) > MAX_REASON or not reason.isprintable():
        raise Refused(f"reason: say it in one line of {MAX_REASON} characters at most.")
    return reason


def yank(
    index: Index, project: str, version: str, reason: str, actor: Actor, filename: str = ""
) -> bool:
    """Have installers pass a release over, or one file of it, unless it is pinned (PEP 592).

    Yanking again changes the reason.  Whether anything was new.  Raises Missing, Refused and
    NotAllowed.
    """
    return _set_yanked(index, project, version, filename, check_reason(reason), actor)


def unyank(index: Index, project: str, version: str, actor: Actor, filename: str = "") -> bool:
    """Take a yank back; whether there was one."""
    return _set_yanked(index, project, version, filename, None, actor)


def set_status(index: Index, project: str, status: str, reason: str, actor: Actor) -> None:
    """Mark a project active, archived, deprecated or quarantined (PEP 792)."""
    check_writable(index)
    if status not in STATUSES:
        raise Refused(f"status: {status[:80]!r} is unknown; known are {', '.join(STATUSES)}.")
    it = lookup.project_of(index, project)
    it.status = status
    it.status_reason = check_reason(reason)
    it.touch()
    index.journal.append(actor.entry(f"project {status}", it.name, detail=it.status_reason))


def add_owner(index: Index, project: str, user: str, actor: Actor) -> None:
    """Another owner; what that means is up to the index's policy."""
    check_writable(index)
    it = lookup.project_of(index, project)
    if check_login(user) in it.owners:
        return
    it.owners = (*it.owners, user)
    it.touch()
    index.journal.append(actor.entry(f"add Owner {user}", it.name))


def remove_owner(index: Index, project: str, user: str, actor: Actor) -> None:
    """One owner less; the last one cannot go."""
    check_writable(index)
    it = lookup.project_of(index, project)
    if user not in it.owners:
        raise Missing(f"{user[:80]} does not own {it.name}.")
    if it.owners == (user,):
        raise Refused(f"{user} is the last owner of {it.name}; add another one first.")
    it.owners = tuple(owner for owner in it.owners if owner != user)
    it.touch()
    index.journal.append(actor.entry(f"remove Owner {user}", it.name))


def _set_yanked(
    index: Index, name: str, version: str, filename: str, yanked: str | None, actor: Actor
) -> bool:
    check_writable(index)
    project = lookup.project_of(index, name)
    release = lookup.release_of(project, version)
    if filename and filename not in release.files:
        raise Missing(f"{project.name} {release.version} has no file {filename[:200]}.")
    if not release.files:
        raise Refused(
            f"{project.name} {release.version} has no files that installers could take; delete it, "
            "or upload one first."
        )
    changed = _mark(project, release, [filename] if filename else list(release.files), yanked)
    if not changed:
        return False
    project.touch()
    verb = "unyank" if yanked is None else "yank"
    what = f"file {filename}" if filename else "release"
    index.journal.append(
        actor.entry(f"{verb} {what}", project.name, release.version, filename, yanked or "")
    )
    return True


def _mark(project: Project, release: Release, filenames: Iterable[str], yanked: str | None) -> bool:
    """Write it to the files and their links; whether anything changed."""
    changed = False
    for filename in filenames:
        file = release.files[filename]
        if file.yanked != yanked:
            file.yanked = yanked
            link = Link(*project.links[filename])
            project.links[filename] = tuple(link._replace(yanked=yanked))
            changed = True
    return changed
