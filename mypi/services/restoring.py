"""Put what was deleted back exactly; ``services.trash`` decides when, and writes the journal."""

from collections.abc import Sequence

from mypi.errors import Conflict
from mypi.model import Index, Link, Project, Release, Trashed
from mypi.model.project import release_key
from mypi.names import normalise


def put_back(index: Index, trashed: Trashed) -> None:
    """Hang a project, release or file where it was; raises Conflict before anything is changed."""
    restorers = {"project": _restore_project, "release": _restore_release, "file": _restore_file}
    restorers[trashed.kind](index, trashed)


def _restore_project(index: Index, trashed: Trashed) -> None:
    project: Project = trashed.what
    if index.project(project.name) is not None:
        raise Conflict(
            f"There is a new project {project.name} in {index.name}; delete that one first."
        )
    _welcome(index, project, list(project.pages()))
    index.projects[normalise(project.name)] = project
    index.count.change(1)


def _restore_release(index: Index, trashed: Trashed) -> None:
    project = _home(index, trashed)
    release: Release = trashed.what
    if project.release(release.version) is not None:
        raise Conflict(
            f"There is a new release {project.name} {release.version} in {index.name}; delete that "
            "one first."
        )
    _put_links_back(index, project, trashed)
    project.releases[release_key(release.version)] = release
    if release.docs is not None:
        project.document(release.docs, release)


def _restore_file(index: Index, trashed: Trashed) -> None:
    project = _home(index, trashed)
    release = project.release(trashed.version)
    if release is None:
        raise Conflict(
            f"The release {project.name} {trashed.version} is not in {index.name} any more; "
            "restore that first."
        )
    _put_links_back(index, project, trashed)
    release.files[trashed.filename] = trashed.what


def _home(index: Index, trashed: Trashed) -> Project:
    project = index.project(trashed.project)
    if project is None:
        raise Conflict(
            f"The project {trashed.project} is not in {index.name} any more; restore that first."
        )
    return project


def _put_links_back(index: Index, project: Project, trashed: Trashed) -> None:
    for filename, _link in trashed.links:
        if filename in project.links:
            raise Conflict(f"There is a new file {filename}; delete that one first.")
    _welcome(index, project, [(filename, Link(*link)) for filename, link in trashed.links])
    project.links.update(dict(trashed.links))


def _welcome(index: Index, project: Project, links: Sequence[tuple[str, Link]]) -> None:
    """Count files in again, and give them their names back."""
    for filename, link in links:
        used_by = None if index.policy.volatile else index.reserved.get(filename)
        if used_by not in (None, link.sha256):
            raise Conflict(
                f"{filename} had other bytes since, and files of the index {index.name} never "
                "change. Restore the ones deleted last."
            )
    index.size.change(sum(link.size for _filename, link in links))
    for filename, _link in links:
        index.reserved.pop(filename, None)
    project.touch()
