"""Files: what an index says of an archive, and the archive itself, which indexes share."""

import zlib
from typing import Any, NamedTuple

from persistent import Persistent
from ZODB.blob import Blob

from mypi.model.promotion import Origin
from mypi.staging import Digests, Spool


class Link(NamedTuple):
    """All an installer needs to know of one file; stored as a plain tuple, see Project.links.

    A tuple that an older mypi stored is shorter: read it as ``Link(*stored)``.

    ``size`` is bytes, ``uploaded`` seconds since the epoch; ``metadata_sha256`` is empty when no
    ``.metadata`` is offered; ``yanked`` is None, or the reason, which may be empty.
    """

    version: str
    size: int
    sha256: str
    metadata_sha256: str
    requires_python: str
    uploaded: float
    yanked: str | None = None
    signed: bool = False
    attested: bool = False


class MetadataFile(Persistent):
    """The exact METADATA or PKG-INFO of an archive, packed; its own record, so rarely loaded."""

    def __init__(self, raw: bytes) -> None:
        self._packed = zlib.compress(raw)

    @property
    def raw(self) -> bytes:
        """The bytes as they are in the archive."""
        return zlib.decompress(self._packed)


class Provenance(Persistent):
    """The attestations of a file as JSON (PEP 740), packed, in a record of its own."""

    def __init__(self, raw: bytes) -> None:
        self._packed = zlib.compress(raw)

    @property
    def raw(self) -> bytes:
        """The JSON text."""
        return zlib.decompress(self._packed)


class Artifact(Persistent):
    """An archive's bytes and digests.  Immutable; files of several indexes may refer to one."""

    def __init__(
        self, blob: Blob, size: int, digests: Digests, metadata: MetadataFile | None
    ) -> None:
        self.blob = blob
        self.size = size
        self.md5 = digests.md5
        self.sha256 = digests.sha256
        self.blake2_256 = digests.blake2_256
        self.metadata = metadata

    @property
    def path(self) -> str:
        """Where the bytes lie; the database must know the blob already (committed)."""
        path: str = self.blob.committed()
        return path


class File(Persistent):
    """One archive in one index, with what may differ between indexes.

    ``origin`` says where a promoted file came from; ``promoted_to`` names the indexes that took it
    from here.
    """

    yanked: str | None = None
    signature: bytes | None = None
    provenance: Provenance | None = None
    comment = ""
    origin: Origin | None = None
    promoted_to: tuple[str, ...] = ()

    def __init__(
        self, filename: str, kind: str, python_tag: str, artifact: Artifact, *, by: str, now: float
    ) -> None:
        self.filename = filename
        self.kind = kind
        self.python_tag = python_tag
        self.artifact = artifact
        self.by = by
        self.uploaded = now

    def link(self, version: str, requires_python: str, metadata_sha256: str) -> Link:
        """What the installer's page says of this file."""
        return Link(
            version=version,
            size=self.artifact.size,
            sha256=self.artifact.sha256,
            metadata_sha256=metadata_sha256,
            requires_python=requires_python,
            uploaded=self.uploaded,
            yanked=self.yanked,
            signed=self.signature is not None,
            attested=self.provenance is not None,
        )


def new_blob(spool: Spool) -> Blob:
    """A blob that takes the spooled bytes over by renaming a second name of theirs.

    If the transaction never comes to storing the blob, that name goes when the spool is closed.
    ``Blob.consumeFile`` would do the same with a file made and removed in between, which costs as
    much as all else together (measured on ext4: 0.3 ms).
    """
    blob = Blob()
    blob._p_blob_uncommitted = str(spool.link())
    return blob


def blob_is_whole(artifact: Artifact, actual_size: Any) -> bool:
    """Whether the file on disk has the size that was acknowledged."""
    return bool(artifact.size == actual_size)
