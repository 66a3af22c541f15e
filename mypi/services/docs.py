"""Keep the documentation archives that ``setup.py upload_docs`` sends."""

from collections.abc import Mapping
from dataclasses import dataclass

from mypi.archives import Limits, inspect_zip
from mypi.errors import Missing, Refused
from mypi.model.docs import START, Docs, Page, directory
from mypi.model.file import new_blob
from mypi.model.index import Index
from mypi.services.acceptance import check_writable
from mypi.services.actor import Actor
from mypi.services.publish import check_open
from mypi.services.receive import Form, check_digests
from mypi.staging import Digests, Spool


@dataclass(frozen=True)
class DocsUpload:
    """A checked documentation archive, on disk and flushed."""

    spool: Spool
    digests: Digests
    pages: Mapping[str, Page]


def receive(form: Form, limits: Limits) -> DocsUpload:
    """Check that the form's file is an honest zip archive of pages; raises Refused."""
    if form.spool is None:
        raise Refused("content: the upload has no file; documentation comes as a zip archive.")
    digests = form.spool.digests()
    check_digests(form, digests)
    inspect_zip(form.spool.path, form.filename or "docs.zip", limits)
    with form.spool.path.open("rb") as opened:
        pages = directory(opened)
    if START not in pages:
        raise Refused(
            f"{form.filename or 'docs.zip'}: it has no {START}, neither at the top nor in its only "
            "folder; pack the folder that the documentation was built into."
        )
    form.spool.sync()
    return DocsUpload(form.spool, digests, pages)


def keep(index: Index, name: str, version: str, upload: DocsUpload, actor: Actor) -> Docs:
    """Attach the archive to the project, or to one release; the newest replaces the one before.

    Raises Missing when the project or the release does not exist (register or upload it first), and
    NotAllowed when the project takes no uploads.
    """
    check_writable(index)
    project = index.project(name)
    if project is None:
        raise Missing(
            f"There is no project {name} in {index.name} yet; upload a release first (or run "
            "setup.py register), then its documentation."
        )
    check_open(project)
    release = project.release(version) if version else None
    if version and release is None:
        raise Missing(f"{name} has no release {version[:80]} in {index.name}; upload it first.")
    docs = Docs(
        new_blob(upload.spool),
        upload.spool.size,
        upload.digests.sha256,
        by=actor.by,
        now=actor.now,
    )
    docs.set_pages(upload.pages)
    index.journal.append(actor.entry("add docs", project.name, version))
    project.document(docs, release)
    return docs
