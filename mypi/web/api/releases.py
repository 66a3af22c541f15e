"""Releases and their files: show, yank, delete."""

from typing import Annotated, Any

from msgspec import Meta, field, structs
from packaging.version import Version

from mypi.errors import Missing
from mypi.model import File, Index, Link, Origin, Project, Release
from mypi.services import lifecycle, lookup
from mypi.services import trash as bin
from mypi.services.access import Access
from mypi.services.lookup import Found
from mypi.web.api.operations import operation
from mypi.web.api.resources import ApiFile, ApiRelease, OfProject
from mypi.web.api.trash import TrashedAnswer, Why, of_index
from mypi.web.api.wire import Answer, Asked, Size, Time, time
from mypi.web.security import actor


class OriginAnswer(Answer):
    """Where a promoted file came from: its index, its uploader; who promoted it when and why."""

    source: str = field(name="from")
    uploaded_by: str
    uploaded: Time
    by: str
    when: Time
    note: str


class FileAnswer(Answer):
    """A file; ``origin`` is null if it was uploaded here."""

    filename: str
    index: str
    kind: str
    size: Size
    sha256: str
    requires_python: str
    uploaded: Time
    by: str
    yanked: bool
    yanked_reason: str
    origin: OriginAnswer | None
    promoted_to: Annotated[tuple[str, ...], Meta(description="Indexes that took it from here.")]


class ReleaseAnswer(Answer):
    """A release in one index; it is yanked when all of its files are."""

    version: str
    index: str
    created: Time
    by: str
    yanked: bool
    files: list[FileAnswer]


class YankAnswer(ReleaseAnswer):
    """A release after a yank, or after one was taken back."""

    changed: Annotated[bool, Meta(description="False: it was so before.")]


class Yank(Asked):
    """Why, for those whose installer tells them."""

    reason: str = ""


def releases(access: Access, found: Found) -> list[ReleaseAnswer]:
    """All releases of a project, newest version first; one for each index that has it."""
    shown = [
        release_answer(access, index, project, release)
        for index, project in found.sources
        for release in project.releases.values()
    ]
    return sorted(shown, key=lambda it: _order(it.version), reverse=True)


def release_answer(
    access: Access, index: Index, project: Project, release: Release
) -> ReleaseAnswer:
    """A release with its files, by file name."""
    files = [_file(access, index, file, project) for file in release.files.values()]
    return ReleaseAnswer(
        version=release.version,
        index=index.name,
        created=time(release.created),
        by=release.by,
        yanked=bool(files) and all(file.yanked for file in files),
        files=files,
    )


@operation("GET", ApiRelease, permission="read", answer=ReleaseAnswer, summary="Show a release.")
def show_release(context: ApiRelease, request: Any) -> ReleaseAnswer:
    """A release of the index, or of the base that has the project."""
    found = found_project(context)
    release = lookup.release(found, context.version)
    index, project = next(it for it in found.sources if it[1].release(release.version) is release)
    return release_answer(context.access, index, project, release)


@operation(
    "DELETE",
    ApiRelease,
    permission="delete",
    query=Why,
    answer=TrashedAnswer,
    summary="Delete a release.",
)
def delete_release(context: ApiRelease, request: Any, query: Why) -> TrashedAnswer:
    """Move a release and its files to the trash of the index."""
    return _deleted(context, request, query)


@operation(
    "POST",
    ApiRelease,
    "yank",
    permission="yank",
    body=Yank,
    answer=YankAnswer,
    summary="Yank a release.",
)
def yank_release(context: ApiRelease, request: Any, body: Yank) -> YankAnswer:
    """Installers take its files only where exactly this version is asked for (PEP 592)."""
    changed = lifecycle.yank(
        context.index, context.project, context.version, body.reason, actor(request)
    )
    return _own(context, changed=changed)


@operation(
    "POST",
    ApiRelease,
    "unyank",
    permission="yank",
    answer=YankAnswer,
    summary="Take the yank of a release back.",
)
def unyank_release(context: ApiRelease, request: Any) -> YankAnswer:
    """Installers take the files of the release again."""
    changed = lifecycle.unyank(context.index, context.project, context.version, actor(request))
    return _own(context, changed=changed)


@operation(
    "DELETE",
    ApiFile,
    permission="delete",
    query=Why,
    answer=TrashedAnswer,
    summary="Delete a file.",
)
def delete_file(context: ApiFile, request: Any, query: Why) -> TrashedAnswer:
    """Move a file to the trash of the index; its name stays taken unless the index is volatile."""
    return _deleted(context, request, query)


@operation(
    "POST",
    ApiFile,
    "yank",
    permission="yank",
    body=Yank,
    answer=YankAnswer,
    summary="Yank a file.",
)
def yank_file(context: ApiFile, request: Any, body: Yank) -> YankAnswer:
    """Installers take it only where exactly its version is asked for; answers the release."""
    changed = lifecycle.yank(
        context.index,
        context.project,
        context.version,
        body.reason,
        actor(request),
        filename=context.filename,
    )
    return _own(context, changed=changed)


@operation(
    "POST",
    ApiFile,
    "unyank",
    permission="yank",
    answer=YankAnswer,
    summary="Take the yank of a file back.",
)
def unyank_file(context: ApiFile, request: Any) -> YankAnswer:
    """Installers take the file again; answers the release."""
    changed = lifecycle.unyank(
        context.index,
        context.project,
        context.version,
        actor(request),
        filename=context.filename,
    )
    return _own(context, changed=changed)


def found_project(context: OfProject) -> Found:
    """The project as the index shows it, from a base if need be; raises Missing."""
    found = lookup.find(context.access, context.index, context.project)
    if found is None:
        raise Missing(f"There is no project {context.project} in {context.index.name}.")
    return found


def _own(context: OfProject, *, changed: bool) -> YankAnswer:
    """The release after a change, which was to the index's own project."""
    _index, project = context.holder
    release = project.release(context.version) if project is not None else None
    assert project is not None
    assert release is not None
    shown = release_answer(context.access, context.index, project, release)
    return YankAnswer(**structs.asdict(shown), changed=changed)


def _deleted(context: OfProject, request: Any, query: Why) -> TrashedAnswer:
    it = bin.delete(
        context.index,
        context.project,
        actor(request),
        version=context.version,
        filename=context.filename,
        reason=query.reason,
    )
    return of_index(context.index, it)


def _file(access: Access, index: Index, file: File, project: Project) -> FileAnswer:
    """A file; indexes that the asker may not read are not named."""
    link = Link(*project.links[file.filename])
    origin = file.origin
    return FileAnswer(
        filename=file.filename,
        index=index.name,
        kind=file.kind,
        size=link.size,
        sha256=link.sha256,
        requires_python=link.requires_python,
        uploaded=time(file.uploaded),
        by=file.by,
        yanked=file.yanked is not None,
        yanked_reason=file.yanked or "",
        origin=_origin(access, origin) if origin is not None else None,
        promoted_to=tuple(name for name in file.promoted_to if access.index(name) is not None),
    )


def _order(version: str) -> Version:
    try:
        return Version(version)
    except ValueError:  # only an import can bring such a one
        return Version("0.dev0")


def _origin(access: Access, origin: Origin) -> OriginAnswer:
    """Where a file came from; who may not read that learns only when, and who brought it."""
    visible = access.index(origin.came_from) is not None
    return OriginAnswer(
        source=origin.came_from if visible else "",
        uploaded_by=origin.uploaded_by if visible else "",
        uploaded=time(origin.uploaded),
        by=origin.by,
        when=time(origin.when),
        note=origin.note if visible else "",
    )
