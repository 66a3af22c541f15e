"""The documents of the neutral format, version 1: docs/reference/export-format tells of them.

A key is never left out, and none may come that is not named here: nothing is lost silently.
"""

from typing import Any, Literal

from mypi.services.exporting.encoding import Day, Document, Moment, Number

VERSION = 1


class Mark(Document):
    """``mypi-export.json``: what the folder is; ``mypi-static.json`` where it is static pages.

    ``of`` tells this index from any other, ``mypi`` is the version of the program.

    ``transaction`` is what the export is up to; while it is being written, ``complete`` is false.
    """

    format: Literal["mypi-export", "mypi-static"]
    version: int
    of: str
    mypi: str
    transaction: str
    complete: bool
    secrets: bool


class OriginDocument(Document):
    """Where a promoted file came from."""

    came_from: str
    uploaded_by: str
    uploaded: Moment
    by: str
    when: Moment
    note: str


class FileDocument(Document):
    """One archive; it lies beside the document under its ``filename``.

    ``metadata``, ``signature`` and ``provenance`` are digests of files beside it, of this name with
    ``.metadata``, ``.asc`` and ``.provenance`` behind it; empty where there is none.
    ``metadata_sha256`` is what installers are offered.
    """

    filename: str
    kind: str
    python_tag: str
    size: Number
    sha256: str
    blake2_256: str
    md5: str
    by: str
    uploaded: Moment
    yanked: str | None
    comment: str
    requires_python: str
    metadata_sha256: str
    metadata: str
    signature: str
    provenance: str
    origin: OriginDocument | None
    promoted_to: list[str]


class DocsDocument(Document):
    """A documentation archive; ``path`` is where it lies, from the document on."""

    path: str
    size: Number
    sha256: str
    by: str
    uploaded: Moment


class ReleaseDocument(Document):
    """One version; ``fields`` are core metadata, under the names of packaging's RawMetadata."""

    version: str
    created: Moment
    by: str
    fields: dict[str, Any]
    description: str
    docs: DocsDocument | None
    files: list[FileDocument]


class ProjectDocument(Document):
    """``project.json``: a project with all that it has."""

    name: str
    status: str
    status_reason: str
    owners: list[str]
    documented: list[str]
    docs: DocsDocument | None
    releases: list[ReleaseDocument]


class TrashedDocument(Document):
    """``trashed.json``: something deleted; of ``project``, ``release`` and ``file`` the one that
    ``kind`` names is there.

    None of them for a deleted index, which is a folder like that of any index.
    """

    id: str
    kind: str
    of_project: str
    version: str
    filename: str
    size: Number
    by: str
    when: Moment
    reason: str
    project: ProjectDocument | None
    release: ReleaseDocument | None
    file: FileDocument | None


class MovedDocument(Document):
    """One file of a promotion."""

    project: str
    version: str
    filename: str
    sha256: str


class PromotionDocument(Document):
    """One promotion into an index."""

    id: str
    source: str
    files: list[MovedDocument]
    new_releases: list[tuple[str, str]]
    new_projects: list[str]
    by: str
    when: Moment
    note: str
    undone: Moment | None


class IndexDocument(Document):
    """``index.json``: what an index is; ``reserved`` maps names of files that are gone to SHA-256.

    ``projects`` and ``trash`` are numbers of folders beside it.
    ``recent`` are downloads by day and project of the last days, for the list of the most wanted.
    """

    name: str
    policy: dict[str, Any]
    reserved: dict[str, str]
    promotions: list[PromotionDocument]
    projects: int
    trash: int
    recent: list[tuple[Day, str, Number]]
    recent_since: Number


class DownloadsDocument(Document):
    """``downloads.json``: a project's downloads; ``rows`` are kind, day, value and number.

    Days before ``folded`` were gathered by month.
    """

    total: Number
    folded: Number
    rows: list[tuple[str, Day, str, Number]]


class EntryDocument(Document):
    """A line of ``journal.jsonl``; its number in the file is its serial."""

    when: Moment
    by: str
    action: str
    project: str
    version: str
    filename: str
    client: str
    address: str
    detail: str


class UserDocument(Document):
    """Someone who logs in; ``password`` is an argon2 hash, and empty in an export without secrets.

    ``session`` counts up to end browser sessions.
    """

    name: str
    created: Moment
    session: int
    password: str


class GroupDocument(Document):
    """Users under one name."""

    name: str
    members: list[str]


class TokenDocument(Document):
    """A token; ``digest`` is the SHA-256 of its text.  Only in an export with secrets."""

    id: str
    user: str
    digest: str
    label: str
    created: Moment
    expires: Moment | None
    last_used: Moment | None
    indexes: list[str]
    projects: list[str]
    permissions: list[str]


class WebhookDocument(Document):
    """A webhook, which is told of all indexes if ``journal`` is empty; only among secrets.

    Else ``journal`` is the path of that index's journal in the export, and ``index`` the name that
    it had when the webhook was added.
    """

    id: str
    url: str
    secret: str
    events: list[str]
    index: str
    journal: str
    by: str
    created: Moment


class SiteDocument(Document):
    """``site.json``: which indexes there are, who may log in, and what is told to whom."""

    indexes: list[str]
    users: list[UserDocument]
    groups: list[GroupDocument]
    tokens: list[TokenDocument]
    webhooks: list[WebhookDocument]
