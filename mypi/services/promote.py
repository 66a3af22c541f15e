"""Promotion: a release from one index into another.  No bytes are copied."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from mypi.errors import Refused
from mypi.metadata import Metadata
from mypi.model import File, Index, Link, Moved, Origin, Project, Promotion, Release
from mypi.names import normalise
from mypi.services import planning
from mypi.services.access import Access
from mypi.services.actor import Actor
from mypi.services.dependents import dependents
from mypi.services.hold import hold
from mypi.services.ids import new_id
from mypi.services.picking import Picked
from mypi.services.planning import Plan, PlannedFile, Step
from mypi.services.undo import undo
from mypi.services.wanted import Wanted

__all__ = ["Plan", "PlannedFile", "plan", "promote", "undo"]

MAX_NOTE = 500
"""Characters of the words that go with a promotion."""


def plan(
    access: Access,
    source: Index,
    target: Index,
    wanted: Sequence[Wanted],
    *,
    closure: bool,
    actor: Actor,
) -> Plan:
    """What promoting would do, and whom it would affect.  Reads only.

    ``closure`` adds what the releases require and the target does not have.  Raises Missing and
    Refused when it is unclear what is wanted.  Costs a look at each project of the target.
    """
    draft = planning.draft(access, source, target, wanted, closure=closure, actor=actor)
    arriving: dict[str, dict[str, Link]] = {}
    for step in draft.steps:
        if step.state == "new":
            links = arriving.setdefault(normalise(step.picked.project.name), {})
            links[step.file.filename] = step.link
    affected, complete = dependents(access, target, arriving)
    return Plan(tuple(step.planned for step in draft.steps), draft.missing, affected, complete)


def promote(
    access: Access,
    source: Index,
    target: Index,
    wanted: Sequence[Wanted],
    *,
    closure: bool,
    note: str,
    actor: Actor,
) -> tuple[Plan, Promotion | None]:
    """Do it: all of it, or nothing.  No promotion is recorded when nothing was new.

    Raises, before anything is changed, what speaks against the first file that is refused: Conflict
    for other bytes under its name, NotAllowed, TooLarge or Refused; Missing and Refused when it is
    unclear what is wanted.  The plan tells of no dependents.
    """
    if len(note) > MAX_NOTE:
        raise Refused(f"note: {MAX_NOTE} characters at most; this one has {len(note)}.")
    draft = planning.draft(access, source, target, wanted, closure=closure, actor=actor)
    for step in draft.steps:
        if step.refusal is not None:
            raise step.refusal
    done = Plan(tuple(step.planned for step in draft.steps), draft.missing)
    new = [step for step in draft.steps if step.state == "new"]
    if not new:
        return done, None
    move = _Move(target, note, actor)
    for _key, steps in groupby(new, key=lambda step: step.picked.key):
        move.release(list(steps))
    return done, move.record(source)


class _Move:
    """Puts releases into ``target`` and remembers what that made."""

    def __init__(self, target: Index, note: str, actor: Actor) -> None:
        self._target = target
        self._note = note
        self._actor = actor
        self._files: list[Moved] = []
        self._releases: list[tuple[str, str]] = []
        self._projects: list[str] = []

    def release(self, steps: Sequence[Step]) -> None:
        """Put the files of one release into the target."""
        picked = steps[0].picked
        project = self._project(picked, steps[0].file.by)
        release = self._release(project, picked, [step.file.filename for step in steps])
        for step in steps:
            self._file(project, release, step)
        came_from = picked.index
        came_from.journal.append(
            self._actor.entry(
                "promote release",
                picked.project.name,
                picked.release.version,
                detail=f"to {self._target.name}" + (f": {self._note}" if self._note else ""),
            )
        )
        picked.project.changes.change(1)
        hold(self._target, project, release)
        hold(came_from, picked.project)

    def record(self, source: Index) -> Promotion:
        """Keep what was done, so that it can be told and undone."""
        promotion = Promotion(
            new_id(self._actor.now),
            source.name,
            tuple(self._files),
            tuple(self._releases),
            tuple(self._projects),
            by=self._actor.by,
            now=self._actor.now,
            note=self._note,
        )
        self._target.promotions[promotion.id] = promotion
        return promotion

    def _project(self, picked: Picked, uploader: str) -> Project:
        """The project in the target; a new one belongs to the same people as in the source."""
        project = self._target.project(picked.project.name)
        if project is not None:
            return project
        project = self._target.project_or_new(picked.project.name)
        if self._target.policy.ownership:
            project.owners = picked.project.owners or ((uploader,) if uploader else ())
        if picked.project.docs is not None:
            project.document(picked.project.docs)
        self._projects.append(project.name)
        self._target.journal.append(self._actor.entry("create", project.name))
        return project

    def _release(self, project: Project, picked: Picked, filenames: Iterable[str]) -> Release:
        """The release in the target; it says what the source's says, unless other files speak."""
        said = picked.release
        release = project.release(said.version)
        if release is None:
            metadata = Metadata(project.name, said.version, dict(said.fields))
            release = project.add_release(metadata, by=said.by, now=self._actor.now)
            self._releases.append((project.name, release.version))
            self._target.journal.append(
                self._actor.entry("new release", project.name, release.version)
            )
        elif not set(release.files) <= set(filenames):
            return release
        release.fields = dict(said.fields)
        release.description = said.description  # the same record
        if said.docs is not None:
            project.document(said.docs, release)
        return release

    def _file(self, project: Project, release: Release, step: Step) -> None:
        file = _copy(step.file, step.picked.index.name, self._note, self._actor)
        link = file.link(release.version, step.link.requires_python, step.link.metadata_sha256)
        self._target.put(project, release, file, link)
        if self._target.name not in step.file.promoted_to:
            step.file.promoted_to = (*step.file.promoted_to, self._target.name)
        self._files.append(
            Moved(project.name, release.version, file.filename, file.artifact.sha256)
        )
        detail = f"from {step.picked.index.name}" + (f": {self._note}" if self._note else "")
        self._target.journal.append(
            self._actor.entry(
                f"promote file {file.filename}",
                project.name,
                release.version,
                file.filename,
                detail,
            )
        )


def _copy(file: File, came_from: str, note: str, actor: Actor) -> File:
    """The same artifact, as another index has it from now on."""
    copy = File(file.filename, file.kind, file.python_tag, file.artifact, by=file.by, now=actor.now)
    for name in ("signature", "provenance", "comment", "yanked"):
        if getattr(file, name) != getattr(File, name):
            setattr(copy, name, getattr(file, name))
    copy.origin = Origin(came_from, file.by, file.uploaded, actor.by, actor.now, note)
    return copy
