"""Retention: which releases an index keeps no longer, and their way into the trash."""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from mypi.model import Index, Project
from mypi.model.policy import DAY
from mypi.services import acceptance, trash, versions
from mypi.services.actor import Actor
from mypi.services.versions import Candidate


class Expired(NamedTuple):
    """A release that goes, and why; ``uploaded`` is its newest file's time, ``size`` bytes."""

    project: str
    version: str
    uploaded: float
    size: int
    reason: str


def expired(index: Index, now: float) -> list[Expired]:
    """What the index's policy lets go at the time ``now``, by project, newest version first.

    A project's newest release always stays: an installer finds something.  Reads the links of
    every project; of releases only those that would go.
    """
    return list(_expired(index, now))


def run(index: Index, actor: Actor, limit: int = 50) -> list[Expired]:
    """Delete at most ``limit`` such releases into the trash; return them.

    Call it again until it returns fewer; raises NotAllowed when the index is frozen.
    """
    acceptance.check_writable(index)
    going = list(islice(_expired(index, actor.now), limit))
    for one in going:
        trash.delete(
            index, one.project, actor, version=one.version, reason=f"retention: {one.reason}"
        )
    return going


def _expired(index: Index, now: float) -> Iterator[Expired]:
    policy = index.policy
    if not (policy.keep_prereleases or policy.keep_days):
        return
    for project in index.projects.values():
        known = versions.candidates(link for _filename, link in project.pages())
        newest = versions.latest(known)
        pre = [it.version for it in known if it.parsed.is_prerelease]
        beyond = set(pre[policy.keep_prereleases :]) if policy.keep_prereleases else set()
        for one in known:
            reason = _reason(index, one, one.version in beyond, now)
            if reason and one is not newest and not (policy.keep_promoted and _moved(project, one)):
                yield Expired(project.name, one.version, one.uploaded, one.size, reason)


def _reason(index: Index, one: Candidate, is_beyond: bool, now: float) -> str:
    policy = index.policy
    if is_beyond:
        return f"not one of the newest {policy.keep_prereleases} pre-releases"
    if policy.keep_days and one.uploaded < now - policy.keep_days * DAY:
        return f"older than {policy.keep_days} days"
    return ""


def _moved(project: Project, one: Candidate) -> bool:
    """Whether a file of that release was promoted, from here or to here."""
    release = project.release(one.version)
    files = release.files.values() if release is not None else ()
    return any(file.promoted_to or file.origin is not None for file in files)
