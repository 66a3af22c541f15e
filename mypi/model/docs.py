"""Documentation of a project, as the zip archive that was uploaded."""

from persistent import Persistent
from ZODB.blob import Blob


class Docs(Persistent):
    """One uploaded archive; ``size`` is bytes, ``uploaded`` seconds since the epoch."""

    def __init__(self, blob: Blob, size: int, sha256: str, *, by: str, now: float) -> None:
        self.blob = blob
        self.size = size
        self.sha256 = sha256
        self.by = by
        self.uploaded = now
