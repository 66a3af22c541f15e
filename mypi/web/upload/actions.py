"""What each ``:action`` of the legacy upload form does."""

import logging
from collections.abc import Callable
from typing import Any

from packaging.version import Version
from pyramid.httpexceptions import HTTPForbidden
from pyramid.response import Response
from pyramid.view import view_config
from trove_classifiers import sorted_classifiers

from mypi import metadata
from mypi.errors import Refused, TooLarge
from mypi.metadata import Metadata
from mypi.names import check_project_name
from mypi.services import docs
from mypi.services.publish import publish, register
from mypi.services.receive import Form, Upload, receive
from mypi.web.execution import SPOOLS, take_turn
from mypi.web.frame import addresses
from mypi.web.resources import Door, IndexRoot, SimpleIndex, UploadAddress
from mypi.web.security import LIMITED, access_of, actor, demand, demand_there
from mypi.web.upload import form as forms
from mypi.web.upload.limits import limits

log = logging.getLogger(__name__)

RECEIVED = "mypi.received"
"""Environ key: what the first attempt received, for the attempts that follow a conflict."""


@view_config(context=IndexRoot, request_method="POST", permission="upload")
@view_config(context=UploadAddress, request_method="POST", permission="upload")
@view_config(context=SimpleIndex, request_method="POST", permission="upload")
def post(context: Door, request: Any) -> Response:
    """A form: do what its ``:action`` says.  Success is always 200; setup.py takes nothing else."""
    form = _once(request, "form", lambda: _read(request))
    name = form.get(":action") or request.GET.get(":action", "")
    action = ACTIONS.get(name)
    if action is None:
        raise Refused(
            (
                f":action: {name[:80]!r} is unknown."
                if name
                else ":action: the form does not say what to do."
            )
            + " Known here: "
            + ", ".join(ACTIONS)
            + "."
        )
    return _text(action(context, request, form))


@view_config(
    context=IndexRoot, request_method="GET", request_param=":action=list_classifiers", browser=False
)
@view_config(context=UploadAddress, request_method="GET", request_param=":action=list_classifiers")
@view_config(context=SimpleIndex, request_method="GET", request_param=":action=list_classifiers")
def list_classifiers(context: Door, request: Any) -> Response:
    """The known trove classifiers, one a line (``setup.py register --list-classifiers``)."""
    return _text("\n".join(sorted_classifiers))


@view_config(context=UploadAddress, request_method="GET")
def upload_address(context: UploadAddress, request: Any) -> Response:
    """Somebody opens the upload address: say what it is for."""
    response = _text(
        "This address takes uploads by POST. To install, use the server's root as index URL."
    )
    response.status_int = 405
    response.headers["Allow"] = "POST"
    return response


def file_upload(context: Door, request: Any, form: Form) -> str:
    """A file of a release."""
    strict = request.registry.mypi.attestations == "verified"
    upload = _once(request, "upload", lambda: receive(form, limits(request), strict=strict))
    if take_turn(request):
        request.access = access_of(request)
    _own(request, context, upload.metadata.name)
    done = publish(context.index, upload, actor(request))
    label = f"{context.index.name}/{done.project} {done.version} {done.filename}"
    if done.attested:
        _after_commit(request, f"attested {label}", upload)
        return f"{done.filename} is here already, byte for byte; its attestations were added."
    if not done.new:
        _after_commit(request, f"unchanged {label}", upload)
        return f"{done.filename} is here already, byte for byte; nothing changed."
    _after_commit(request, f"published {label}", upload, is_new=True)
    said = [f"Published {done.filename} in {context.index.name}."]
    return "\n".join(said + [f"Warning: {warning}" for warning in done.warnings])


def submit(context: Door, request: Any, form: Form) -> str:
    """``setup.py register``: the release's metadata, without a file."""
    return _register(context, request, _described(form))


def submit_pkg_info(context: Door, request: Any, form: Form) -> str:
    """As ``submit``, with the metadata as a PKG-INFO file."""
    if form.spool is None:
        raise Refused("pkginfo: the form has no PKG-INFO file.")
    limit = limits(request).max_metadata
    if form.spool.size > limit:
        raise TooLarge(f"pkginfo: larger than {limit} bytes, the most that metadata may have.")
    form.spool.flush()
    said = metadata.parse(form.spool.path.read_bytes(), "PKG-INFO")
    return _register(context, request, said.identified(said.name, str(Version(said.version))))


def verify(context: Door, request: Any, form: Form) -> str:
    """``setup.py register -n``: would it be taken?  Stores nothing."""
    described = _described(form)
    return f"The metadata of {described.name} {described.version} is fine."


def doc_upload(context: Door, request: Any, form: Form) -> str:
    """``setup.py upload_docs``: a zip of HTML pages of a project, or of one version of it."""
    name = check_project_name(form.get("name"))
    version = _version(form) if form.get("version") else ""
    if form.spool is None:
        raise Refused("content: the upload has no file; documentation comes as a zip archive.")
    _own(request, context, name)
    archive = _once(request, "docs", lambda: docs.receive(form, limits(request)))
    docs.keep(context.index, name, version, archive, actor(request))
    _after_commit(request, f"kept documentation of {context.index.name}/{name}")
    where = addresses.of(context, request).docs(name, version)
    return f"The documentation of {name} is kept; it is at {where}"


def user(context: Door, request: Any, form: Form) -> str:
    """``setup.py register`` offers to make an account; that is not for strangers to do."""
    if not request.access.is_open:
        raise Refused("Accounts are made by the admins of this index; ask one of them.")
    raise Refused("This index is open: no account is needed, any user name and password will do.")


ACTIONS: dict[str, Callable[[Door, Any, Form], str]] = {
    "file_upload": file_upload,
    "submit": submit,
    "submit_pkg_info": submit_pkg_info,
    "verify": verify,
    "doc_upload": doc_upload,
    "user": user,
    "password_reset": user,
}


def _once(request: Any, step: str, work: Callable[[], Any]) -> Any:
    """The result of ``work``, or what an earlier attempt of this request got from it.

    A retried request finds its body read to the end; storing what is left would store nothing.
    """
    results = request.environ.setdefault(RECEIVED, {})
    if step not in results:
        results[step] = work()
    return results[step]


def _read(request: Any) -> Form:
    settings = request.registry.mypi
    form = forms.read(request.environ, request.registry.spool_folder, settings.max_upload)
    if form.spool is not None:
        request.environ[SPOOLS].append(form.spool)
    return form


def _register(context: Door, request: Any, described: Metadata) -> str:
    _own(request, context, described.name)
    release = register(context.index, described, actor(request))
    _after_commit(request, f"registered {context.index.name}/{described.name} {release.version}")
    return f"Registered {described.name} {release.version} in {context.index.name}."


def _described(form: Form) -> Metadata:
    described = metadata.from_form(form.fields)
    return described.identified(check_project_name(form.get("name")), _version(form))


def _version(form: Form) -> str:
    """The form's version in its canonical spelling."""
    text = form.get("version")
    try:
        return str(Version(text))
    except ValueError:  # InvalidVersion, or a number of more digits than Python reads
        raise Refused(f"version: {text[:80]!r} is not a valid version (PEP 440).") from None


def _own(request: Any, context: Door, name: str) -> None:
    """The address permits uploads; a project may have owners, and a token its projects.

    The index may be gone since the address was looked up: see ``take_turn``.
    """
    index, access = context.index, request.access
    demand_there(request, index)
    project = index.project(name)
    if project is None and not access.identity.scope.allows("upload", index.name, name):
        raise HTTPForbidden(result=LIMITED)
    demand(request, "upload", index, project)


def _after_commit(
    request: Any, event: str, upload: Upload | None = None, *, is_new: bool = False
) -> None:
    """Log ``event`` once it is true; count what is new."""
    size = f" {upload.spool.size} bytes sha256={upload.digests.sha256[:12]}" if upload else ""
    line = f"{event}{size} from={request.remote_addr}"

    def hook(committed: bool) -> None:
        if committed:
            log.info(line)
            if is_new and upload:
                request.registry.meters.published(upload.spool.size)

    request.tm.get().addAfterCommitHook(hook)


def _text(message: str) -> Response:
    response = Response(message + "\n", content_type="text/plain", charset="utf-8")
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
