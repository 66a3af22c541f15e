"""What the errors of a file storage mean for who asked; others: tests/storage/test_servers.py."""

import errno

import pytest
from ZODB.FileStorage.FileStorage import CorruptedDataError
from ZODB.POSException import POSKeyError, ReadConflictError, ReadOnlyError

from mypi.model.troubles import Trouble, trouble_of


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG])
def test_a_disk_without_room_is_told_from_other_errors_of_a_disk(number):
    assert trouble_of(OSError(number, "no room")) is Trouble.NO_ROOM


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (OSError(errno.EIO, "Input/output error"), None),
        (FileNotFoundError(errno.ENOENT, "No such file"), None),
        (ValueError("ours"), None),
        (ReadConflictError(), None),
        (ReadOnlyError(), Trouble.NO_ROOM),
        (POSKeyError(b"\0" * 8), Trouble.DAMAGED),
        (CorruptedDataError(b"\0" * 8), Trouble.DAMAGED),
    ],
    ids=lambda value: type(value).__name__,
)
def test_of_a_file_storage(error, trouble):
    assert trouble_of(error) is trouble
