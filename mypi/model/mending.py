"""Going on after a write failed: on a disk that is full, failing, or read-only of a sudden.

FileStorage's own way back truncates the file through the very buffer that could not be written, so
it fails a second time; from then on readers meet what was torn, until a restart.
"""

import contextlib
import errno
import io
import logging
import os
from pathlib import Path
from typing import Any

from persistent.TimeStamp import TimeStamp
from ZODB.FileStorage.FileStorage import TempFormatter, packed_version
from ZODB.utils import as_bytes, u64, z64

from mypi.model.packing import PackingFileStorage

log = logging.getLogger(__name__)


class MendingFileStorage(PackingFileStorage):
    """A file storage that readers can rely on, and that is written to again as soon as it can be.

    After an error the file is opened anew and cut off where the last transaction ends.  As long as
    that fails, reading goes on and every transaction is refused with an OSError.
    """

    _is_torn = False
    _file: Any
    _tfile: Any

    def __init__(self, path: Path, blobs: Path, **options: Any) -> None:
        super().__init__(path, blobs, **options)
        self._look_at_the_end()
        # A transaction on its way is kept in memory: one file less that a full disk can tear.
        self._tfile.close()
        self._tfile = io.BytesIO()
        self._tfmt = TempFormatter(self._tfile)

    def _look_at_the_end(self) -> None:
        """Say which transaction is the last one.

        FileStorage takes the torn one for it that it has just cut off: nothing can be read as of
        the zeros of a power cut, and new ones would follow upon whatever else was there.
        """
        last = z64
        if self._pos > len(packed_version):
            self._file.seek(self._pos - 8)
            self._file.seek(self._pos - 8 - u64(self._file.read(8)))
            last = self._file.read(8)
        self._ltid = last
        self._ts = TimeStamp(last)

    def tpc_vote(self, transaction: Any) -> Any:
        """Vote; what could not be written whole is taken back."""
        try:
            return super().tpc_vote(transaction)
        except OSError:
            with self._lock:
                self._take_back()
            raise

    def _begin(self, *what: Any) -> None:
        self._nextpos = 0  # nothing to abort so far
        if self._is_torn:
            self._mend()
        self._check_end(self._file)
        super()._begin(*what)

    def _clear_temp(self) -> None:
        super()._clear_temp()
        self._tfile.truncate()

    def _finish(self, tid: bytes, *_described: bytes) -> None:
        """Mark the transaction as finished; FileStorage closes for good when that fails.

        Nothing of it was promised yet, so it is taken back: whether its bytes are on the disk
        cannot be known after a failed fsync.
        """
        try:
            self._file.seek(self._pos + 16)
            self._file.write(as_bytes(self._tstatus))
            self._finish_finish(tid)
        except OSError:
            self._take_back(is_alone=True)
            self._blob_tpc_abort()
            raise

    def _abort(self) -> None:
        try:
            super()._abort()
        except OSError:
            self._take_back()
        self._blob_tpc_abort()

    def _save_index(self) -> None:
        try:
            super()._save_index()
        except OSError as error:  # it only makes the next start quicker
            log.warning("cannot write %s.index: %s", self._file_name, error)
            with contextlib.suppress(OSError):
                os.unlink(f"{self._file_name}.index.index_tmp")

    def _take_back(self, is_alone: bool = False) -> None:
        """Forget all that lies behind the last transaction; ``is_alone`` when nobody can read."""
        self._nextpos = 0
        self._is_torn = True
        self._file.raw.close()  # without writing what the buffer still holds
        with contextlib.suppress(OSError):
            self._file = open(self._file_name, "rb")  # noqa: SIM115 - what it replaces was as well
        try:
            self._mend()
        except OSError as error:
            log.error("cannot write to %s, only read: %s", self._file_name, error)
        # Readers' buffers may hold bytes of what was taken back.
        (self._files.empty if is_alone else self._files.flush)()

    def _mend(self) -> None:
        """Open the file for writing and cut it off where the last transaction ends, or raise."""
        file = open(self._file_name, "r+b")  # noqa: SIM115 - kept
        try:
            self._check_end(file)
            file.truncate(self._pos)
            os.fsync(file.fileno())
        except OSError:
            file.close()
            raise
        self._file.close()
        self._file = file
        self._is_torn = False

    def _check_end(self, file: Any) -> None:
        """Never lengthen a file that lost its end: zeros would stand in place of transactions."""
        if os.fstat(file.fileno()).st_size < self._pos:
            raise OSError(errno.EIO, "the database lost its end", self._file_name)
