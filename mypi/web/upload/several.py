"""Publish the files of a browser's form, each in a transaction of its own.

One refusal does not cost the others, and what is called published is on the disk.
"""

import logging
from typing import Any, NamedTuple

from transaction.interfaces import TransientError

from mypi.errors import Missing, MypiError, NotAllowed
from mypi.model.site import ROOT_KEY
from mypi.services.access import Access
from mypi.services.publish import Published, publish
from mypi.services.receive import Form, Upload, receive
from mypi.web import errors
from mypi.web.frame import addresses, snippets
from mypi.web.resources import Door
from mypi.web.security import actor
from mypi.web.upload.limits import limits

log = logging.getLogger(__name__)

ATTEMPTS = 5


class Result(NamedTuple):
    """What became of one file; ``page`` is its release's, empty if it was refused."""

    filename: str
    ok: bool
    message: str
    warnings: tuple[str, ...] = ()
    page: str = ""
    install: str = ""


def published(context: Door, request: Any, form: Form) -> Result:
    """One file, in a transaction of its own; returns when it is on the disk, or refused."""
    filename = form.filename[:200]
    try:
        upload = receive(form, limits(request))
        done = _committed(context, request, upload)
    except MypiError as error:
        log.info("refused %r of a browser's form: %s", filename, error)
        return Result(filename, False, str(error))
    except TransientError:
        return Result(filename, False, errors.BUSY)
    size = f"{upload.spool.size} bytes sha256={upload.digests.sha256[:12]}"
    label = f"{context.index.name}/{done.project} {done.version} {done.filename}"
    log.info("published %s %s from=%s", label, size, request.remote_addr)
    if done.new:
        request.registry.meters.published(upload.spool.size)
    here = addresses.of(context, request)
    message = (
        f"Published {done.filename} in {context.index.name}."
        if done.new
        else f"{done.filename} is here already, byte for byte; nothing changed."
    )
    return Result(
        done.filename,
        True,
        message,
        done.warnings,
        here.release(done.project, done.version),
        install_line(context, request, done.project, done.version),
    )


def _committed(context: Door, request: Any, upload: Upload) -> Published:
    """Publish on a connection of its own, again and again while others are in the way."""
    access, name = request.access, context.index.name
    for left in reversed(range(ATTEMPTS)):
        try:
            with request.registry.database.transaction(note=f"upload {name}") as connection:
                site = connection.root()[ROOT_KEY]
                seen = Access(site, access.identity, is_open=access.is_open)
                index = site.indexes.get(name)
                if index is None:
                    raise Missing(f"There is no index {name} any more.")
                project = upload.metadata.name
                held = index.project(project)
                in_scope = access.identity.scope.allows("upload", name, project)
                if not in_scope or not seen.may("upload", index, held):
                    raise NotAllowed(f"You may not upload {project} to the index {name}.")
                return publish(index, upload, actor(request))
        except TransientError:
            if not left:
                raise
    raise AssertionError("the last attempt returns or raises")


def install_line(context: Door, request: Any, project: str, version: str) -> str:
    """The command that installs a release with pip."""
    here = addresses.of(context, request)
    return snippets.install(here, project, version)[0].text
