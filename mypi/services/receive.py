"""Turn an upload form into an Upload ready to be published: all that needs no database.

It is done once, before the transaction: a conflict repeats only the milliseconds of ``publish``.
"""

import hmac
from dataclasses import dataclass

from packaging.version import Version

from mypi import archives, filenames, metadata
from mypi.archives import Inspection, Limits
from mypi.errors import Refused
from mypi.filenames import DistributionName
from mypi.metadata import Metadata
from mypi.model.file import Provenance
from mypi.names import check_project_name, normalise
from mypi.services import attestations
from mypi.staging import Digests, Spool

DIGEST_FIELDS = ("md5_digest", "sha256_digest", "blake2_256_digest")

FILETYPES = frozenset(
    {"sdist", "bdist_wheel", "bdist_egg", "bdist_wininst", "bdist_msi", "bdist_rpm"}
)


@dataclass(frozen=True)
class Form:
    """The fields of an upload form, and its file if there is one.

    ``fields`` maps a name to all of its values, in order.  ``spool`` holds the ``content`` part and
    ``filename`` its name; ``signature`` is a detached GPG signature.
    """

    fields: dict[str, list[str]]
    spool: Spool | None = None
    filename: str = ""
    signature: bytes | None = None

    def get(self, name: str) -> str:
        """The value of ``name`` without surrounding space; empty when absent or ``UNKNOWN``.

        Refuses a field that came twice with different values: nobody can tell which one is meant.
        """
        values = {value.strip() for value in self.fields.get(name, ())}
        if len(values) > 1:
            raise Refused(f"{name}: the field came {len(values)} times with different values.")
        value = values.pop() if values else ""
        return "" if value == "UNKNOWN" else value


@dataclass(frozen=True)
class Upload:
    """A checked archive with everything an index needs to take it, once it is on the disk."""

    name: DistributionName
    metadata: Metadata
    spool: Spool
    digests: Digests
    inspection: Inspection
    signature: bytes | None = None
    provenance: Provenance | None = None
    comment: str = ""


def receive(form: Form, limits: Limits, *, strict: bool = True) -> Upload:
    """What :func:`check` does; returns with the bytes on the disk (fsynced)."""
    upload = check(form, limits, strict=strict)
    upload.spool.sync()
    return upload


def check(form: Form, limits: Limits, *, strict: bool = True) -> Upload:
    """Check the file of ``form`` against its name, its digests, the form and the rules of archives.

    ``strict``: attestations whose signer cannot be verified are refused.
    Raises Refused with a sentence for the uploader.  Its spool has yet to be synced.
    """
    if form.get("protocol_version") not in ("", "1"):
        raise Refused("protocol_version: this index speaks version 1 of the upload form.")
    if form.spool is None or not form.filename:
        raise Refused(
            "content: the upload has no file. Send it as the form's part named 'content'."
        )
    project = form.get("name")
    if project:
        check_project_name(project)
    name = filenames.parse(form.filename, project or None)
    _check_filetype(form, name)
    form.spool.begin()
    try:
        inspection = archives.inspect(form.spool.path, name, limits)
    finally:  # that it was damaged on the way explains whatever else may be wrong
        digests = form.spool.digests()
        check_digests(form, digests)
    described = _describe(form, name, inspection)
    provenance = attestations.take(
        form.get("attestations"), name.filename, digests.sha256, strict=strict
    )
    return Upload(
        name=name,
        metadata=described,
        spool=form.spool,
        digests=digests,
        inspection=inspection,
        signature=form.signature,
        provenance=provenance,
        comment=form.get("comment")[:2000],
    )


def _check_filetype(form: Form, name: DistributionName) -> None:
    filetype = form.get("filetype")
    if not filetype:
        return
    if filetype not in FILETYPES:
        raise Refused(
            f"filetype: {filetype!r} is not taken here. Upload an sdist or a wheel; also known: "
            + ", ".join(sorted(FILETYPES))
        )
    if filetype != name.kind:
        raise Refused(f"filetype: the form says {filetype}, but {name.filename} is a {name.kind}.")


def check_digests(form: Form, digests: Digests) -> None:
    """Refuse a form whose digests, of whichever kinds, are not those of the file that came."""
    actual = (digests.md5, digests.sha256, digests.blake2_256)
    for field_name, digest in zip(DIGEST_FIELDS, actual, strict=True):
        sent = form.get(field_name).lower()
        if field_name == "blake2_256_digest" and len(sent) == 128 and form.spool is not None:
            # distutils of Python 3.9 to 3.11 sends all 64 bytes of BLAKE2b under this name.
            digest = form.spool.digest("blake2b")
        if sent and not hmac.compare_digest(sent.encode(), digest.encode()):
            raise Refused(
                f"{field_name}: the file that arrived has {digest}, the form says {sent[:128]}. It "
                "was damaged on the way or changed meanwhile; upload it again."
            )


def _describe(form: Form, name: DistributionName, inspection: Inspection) -> Metadata:
    """What the archive says, with gaps filled from the form; they must agree on what this is."""
    said = metadata.from_form(form.fields)
    if inspection.described is not None:
        said = inspection.described.filled_from(said)
    for what, project in (("the form", form.get("name")), ("its metadata", said.name)):
        if project and normalise(project) != name.project:
            raise Refused(
                f"{name.filename}: the file name says project {name.project}, {what} says "
                f"{project}; build the archive again."
            )
    for what, text in (("the form", form.get("version")), ("its metadata", said.version)):
        if text and _version(text, what, name) != name.version:
            raise Refused(
                f"{name.filename}: the file name says version {name.version}, {what} says {text}; "
                "build the archive again."
            )
    return said.identified(said.name or form.get("name") or name.project, str(name.version))


def _version(text: str, what: str, name: DistributionName) -> Version:
    try:
        return Version(text)
    except ValueError:  # InvalidVersion, or a number of more digits than Python reads
        raise Refused(
            f"{name.filename}: {what} says version {text[:80]!r}, which is not a valid version "
            "(PEP 440)."
        ) from None
