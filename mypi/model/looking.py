"""Open a database to look at it: nothing is made, mended or brought up to date.

A file storage can be looked at while a server has it open; what is written from then on is not
seen.
"""

from typing import Any

from ZODB.DB import DB
from ZODB.FileStorage import FileStorage
from ZODB.FileStorage.FileStorage import FileStorageError

from mypi.errors import CannotStart
from mypi.model.servers import open_server
from mypi.model.storage import parse_file_uri


def open_to_look(uri: str) -> DB:
    """The database of ``uri``, for reading.  Raises CannotStart when there is none."""
    if not uri.startswith("file://"):
        storage, options = open_server(uri)
        return DB(storage, **options)
    path, blobs, options = parse_file_uri(uri)
    if not path.exists():
        raise CannotStart(f"There is no database {path}; it is made when the server starts.")
    try:
        storage = _read_only(str(path), str(blobs) if blobs.is_dir() else None)
    except OSError as error:
        raise CannotStart(
            f"{error.filename or path} cannot be read: {error.strerror or error}. Check its owner "
            "and permissions."
        ) from error
    except FileStorageError as error:
        raise CannotStart(f"{path} is no database, or damaged: {error}.") from error
    return DB(storage, **options)


def _read_only(path: str, blobs: str | None) -> Any:
    return FileStorage(path, blob_dir=blobs, read_only=True)
