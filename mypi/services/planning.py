"""What a promotion would do, file by file.  Reads only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from mypi.errors import Conflict, MypiError, NotAllowed, Refused
from mypi.model import File, Index, Link, Project
from mypi.services import acceptance, picking
from mypi.services.acceptance import Arrival
from mypi.services.access import Access
from mypi.services.actor import Actor
from mypi.services.closure import Closure
from mypi.services.dependents import Dependent
from mypi.services.picking import Picked
from mypi.services.publish import check_open
from mypi.services.wanted import Wanted

State = Literal["new", "present", "refused"]


@dataclass(frozen=True)
class PlannedFile:
    """One file: ``new`` in the target, ``present`` already, or ``refused`` for that ``reason``.

    ``warnings`` are the target's rules that a new file breaks and that are not enforced.
    """

    project: str
    version: str
    filename: str
    size: int
    state: State
    reason: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What will be done.  ``missing`` tells, in words, which requirements will not be satisfied.

    ``complete`` says whether all projects of the target were looked at for ``dependents``.
    """

    files: tuple[PlannedFile, ...]
    missing: tuple[str, ...] = ()
    dependents: tuple[Dependent, ...] = ()
    complete: bool = True

    @property
    def new(self) -> tuple[PlannedFile, ...]:
        """The files that the target does not have yet."""
        return tuple(file for file in self.files if file.state == "new")


@dataclass(frozen=True)
class Step:
    """A file of a plan with the nouns behind it; ``refusal`` says why it cannot be promoted."""

    picked: Picked
    file: File
    link: Link
    state: State
    refusal: MypiError | None = None
    warnings: tuple[str, ...] = ()

    @property
    def planned(self) -> PlannedFile:
        """What people are told."""
        return PlannedFile(
            self.picked.project.name,
            self.picked.release.version,
            self.file.filename,
            self.link.size,
            self.state,
            str(self.refusal or ""),
            self.warnings,
        )


@dataclass(frozen=True)
class Draft:
    """Every file of a promotion, and what will be missing."""

    steps: tuple[Step, ...]
    missing: tuple[str, ...]


def draft(
    access: Access,
    source: Index,
    target: Index,
    wanted: Sequence[Wanted],
    *,
    closure: bool,
    actor: Actor,
) -> Draft:
    """Look at every file that ``wanted`` means; raises Missing and Refused when that is unclear."""
    if source.name == target.name:
        raise Refused(f"{source.name} is both source and target; choose two different indexes.")
    if not wanted:
        raise Refused("Nothing was chosen: name at least one release, for example six==1.17.0.")
    picked = picking.pick_all(access, source, wanted)
    missing: tuple[str, ...] = ()
    if closure:
        followed = Closure(access, source, target, picked)
        followed.follow()
        picked, missing = followed.picked, tuple(followed.missing)
    judge = _Judge(access, target, actor)
    return Draft(tuple(step for one in picked.values() for step in judge.steps(one)), missing)


class _Judge:
    """Compares files with what the target has and takes; counts the bytes that will be new."""

    def __init__(self, access: Access, target: Index, actor: Actor) -> None:
        self._access = access
        self._target = target
        self._actor = actor
        self._coming = 0

    def steps(self, picked: Picked) -> Iterator[Step]:
        for filename, link in sorted(picked.links.items()):
            yield self._step(picked, picked.release.files[filename], link)

    def _step(self, picked: Picked, file: File, link: Link) -> Step:
        project = self._target.project(picked.project.name)
        there = project.file(file.filename) if project is not None else None
        if there is not None and there.artifact.sha256 == file.artifact.sha256:
            return Step(picked, file, link, "present")
        try:
            self._check_source(picked)
            self._check_target(picked.project, project, file, there)
            warnings = self._check_file(picked, project, file, there)
        except MypiError as error:
            return Step(picked, file, link, "refused", error)
        self._coming += link.size - (there.artifact.size if there is not None else 0)
        return Step(picked, file, link, "new", warnings=warnings)

    def _check_source(self, picked: Picked) -> None:
        if picked.project.status == "quarantined":
            raise Refused(
                f"{picked.project.name} is quarantined in {picked.index.name}: nothing of it can "
                "be promoted until that is lifted."
            )

    def _check_target(
        self, moved: Project, project: Project | None, file: File, there: File | None
    ) -> None:
        policy, name = self._target.policy, self._target.name
        if not self._access.in_scope("promote", self._target, moved):
            raise NotAllowed(
                f"The token may not promote {moved.name} into {name}; use one that may, or promote "
                "without dependencies."
            )
        if project is not None:
            check_open(project)
        if there is not None and not policy.volatile:
            raise Conflict(
                f"{file.filename} is in {name} already, with other bytes, and files there never "
                "change. Publish a new version and promote that."
            )
        if policy.approval and self._actor.by in ("", file.by):
            raise NotAllowed(
                f"{file.filename}: files are promoted into {name} by someone else than who "
                "uploaded them. Log in as, or ask, another person."
            )

    def _check_file(
        self, picked: Picked, project: Project | None, file: File, there: File | None
    ) -> tuple[str, ...]:
        """What the target's policy says of the file: its warnings."""
        release = project.release(picked.release.version) if project is not None else None
        beside = [*picked.links, *(release.files if release is not None else ())]
        replaces = there.artifact.size if there is not None else 0
        arrival = Arrival(
            file.filename,
            file.kind,
            file.artifact.size,
            file.artifact.sha256,
            picked.release.fields,
            picked.release.description.text if self._target.policy.rules else "",
            replaces=replaces - self._coming,  # the bytes of files judged before count as there
            with_wheel=any(filename.endswith(".whl") for filename in beside),
            returns=True,
        )
        return acceptance.check(self._target, arrival)
