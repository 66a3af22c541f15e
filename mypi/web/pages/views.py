"""The views: home of an index, a project (its latest release), a release.

For browsers only; whoever asks for something else at these addresses is an installer and is
answered by ``mypi.web.simple``.
"""

from datetime import date
from typing import Any

from pyramid.response import Response
from pyramid.view import view_config

from mypi.model import Release
from mypi.names import normalise
from mypi.services import lookup
from mypi.services.stamps import Moment, stamp_of
from mypi.web import frame
from mypi.web.frame import addresses, kept
from mypi.web.pages import figures, home, of_project, project, tabs
from mypi.web.pages.buttons import Buttons
from mypi.web.readmes.unrendered import LOAD
from mypi.web.redirects import to_path
from mypi.web.resources import Door, IndexRoot, OfProject, ProjectDoor, ReleaseDoor


@view_config(context=IndexRoot, request_method="GET", browser=True)
def index_home(context: IndexRoot, request: Any) -> Response:
    """The home page of an index."""
    if not request.path_info.endswith("/"):
        return _moved(request, addresses.of(context, request).home)
    access, index = context.access, context.index
    may_manage = access.may("manage", index)
    may_upload = tuple(access.may("upload", it) for it in access.indexes())
    lengths = tuple(Moment(len(it.journal)) for it in access.indexes())
    stamp = lookup.names_stamp(access, index)
    numbers = Moment(access.site.catalogue.numbers_of(index.name))
    key = (stamp, lengths, numbers, _policies(context), may_manage, may_upload, figures.slot())

    def values(here: addresses.Addresses, today: date) -> dict[str, Any]:
        fetched = figures.fetched(context, request)
        page = home.index_page(access, index, request.registry.mypi, here, today, fetched)
        return {**page, "manage": here.managing(index.name) if may_manage else ""}

    return kept.page(request, context, "home", key, values)


@view_config(context=ProjectDoor, request_method="GET", browser=True)
def project_home(context: ProjectDoor, request: Any) -> Response:
    """The page of a project: that of its latest release."""
    normal = normalise(context.__name__)
    if context.__name__ != normal or not request.path_info.endswith("/"):
        return _moved(request, addresses.of(context, request).project(normal))
    return _release(context, request, None)


@view_config(context=ReleaseDoor, request_method="GET", browser=True)
def release_home(context: ReleaseDoor, request: Any) -> Response:
    """The page of one release."""
    here = addresses.of(context, request)
    address = here.release(context.found.project.name, context.release.version)
    normal = f"/{normalise(context.found.project.name)}/{context.release.version}/"
    if not request.path_info.endswith(normal):
        return _moved(request, address)
    return _release(context, request, context.release)


def _release(context: OfProject, request: Any, release: Release | None) -> Response:
    def values(here: addresses.Addresses, today: date) -> dict[str, Any]:
        shown = project.seen(context, release)
        if shown is None:
            return {"template": "bare", **project.bare_page(context, here), **acts.of_project()}
        buttons = acts.of_release(shown.release)
        figure = figures.of_project(context)
        head = project.head(context, shown, here, figure, buttons["manage"], tabs.OVERVIEW)
        bodies = request.registry.bodies
        page = project.release_page(
            context, shown, here, today, bodies, figure, head["tabs"], images
        )
        return {**head, **page, **buttons, "may_upload": may_upload}

    images = request.registry.mypi.readme_images
    acts = Buttons(context, request)
    own = context.index.project(context.found.project.name)
    may_upload = context.access.may("upload", context.index, own)
    version = release.version if release is not None else ""
    key = (version, *of_project.stamp(context), acts.rights, may_upload)
    response = kept.page(request, context, "release", key, values)
    if images == LOAD:
        frame.admit_pictures(response)
    return response


def _policies(context: Door) -> tuple[Any, ...]:
    return tuple(stamp_of(index.policy) for index in context.access.indexes())


def _moved(request: Any, address: str) -> Response:
    return to_path(request, address.removeprefix(addresses.root(request)))
