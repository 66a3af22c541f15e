"""The database itself, for commands that do not ask the application; on its machine only."""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from mypi.cli.options import Run
from mypi.cli.output import UNUSABLE, USAGE, Failure, log_to_stderr

if TYPE_CHECKING:
    from mypi.model import Site


class Opened(NamedTuple):
    """A database with one connection to it.  ``site`` is None in an empty database."""

    database: Any
    root: Any
    site: "Site | None"
    manager: Any


@contextlib.contextmanager
def opened(run: Run, *, to_write: bool) -> Iterator[Opened]:
    """The database of the ini file; a transaction begins when you begin it.

    To read, a server may have it open.  Raises Failure when it cannot be had, or is another's.
    """
    import transaction

    from mypi.cli.local import database_of
    from mypi.errors import CannotStart, InUse
    from mypi.model.looking import open_to_look
    from mypi.model.site import ROOT_KEY
    from mypi.model.storage import open_database, parse_file_uri

    if run.server:
        raise Failure("This works on the database itself, not on a server.", USAGE, "-c INI")
    uri = database_of(run)
    log_to_stderr(run)
    try:
        if to_write and (not uri.startswith("file://") or parse_file_uri(uri)[0].exists()):
            database = open_database(uri, "", {})
        else:
            database = open_to_look(uri)
    except InUse as error:
        raise Failure(
            f"The data in {error.folder} is in use by another program{error.holder}.",
            UNUSABLE,
            "stop the server first",
        ) from None
    except CannotStart as error:
        raise Failure(str(error), UNUSABLE) from None
    manager = transaction.TransactionManager(explicit=True)
    connection = database.open(manager)
    try:
        root = connection.root()
        yield Opened(database, root, root.get(ROOT_KEY), manager)
    finally:
        # Whatever is left unfinished is given up.
        with contextlib.suppress(transaction.interfaces.NoTransaction):
            manager.abort()
        connection.close()
        database.close()
