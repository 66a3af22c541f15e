"""Where the database is: ``zodbconn.uri`` as people write it, and with all that it leaves out.

One line is all that changes to scale out: nothing (a file storage in the data folder),
``zeo://HOST:PORT`` or ``postgresql://USER@HOST/NAME``.  What is given wins over what is filled in.
"""

from pathlib import Path
from urllib.parse import urlencode, urlsplit

from mypi.model.servers import name_of
from mypi.model.storage import file_uri, parse_file_uri

ZEO = {"shared_blob_dir": "true", "wait_timeout": "30"}
"""All processes see the server's own archives; one that starts first waits half a minute."""

POSTGRESQL = {"shared_blob_dir": "false", "keep_history": "true"}
"""Archives in the database, under its care, with a cache of files.  History makes it possible to
back it up while it is written to; packing removes it."""

POOL = {"connection_pool_size": "8", "connection_cache_size": "20000"}
"""As for a file storage: one connection a thread of the server, and some to spare."""


def complete(uri: str | None, data: str) -> str:
    """The address of the database with every option; ``data`` is the setting ``mypi.data``."""
    if not uri:
        return file_uri(data)
    scheme, colon, rest = uri.partition(":")
    folder = Path(data).absolute()
    if scheme == "zeo":
        return _with(uri, {"blob_dir": str(folder / "blobs"), **ZEO, **POOL})
    if scheme in ("postgres", "postgresql"):
        options = {"blob_dir": str(folder / "blob-cache"), **POSTGRESQL, **POOL}
        return _with(f"postgres{colon}{rest}", options)
    return uri


def describe(uri: str) -> str:
    """Where the data is, as it may be shown: no options, and no password."""
    if uri.startswith("file:"):
        return str(parse_file_uri(uri)[0])
    return name_of(uri)


def _with(uri: str, options: dict[str, str]) -> str:
    """``uri`` with those of ``options`` that it does not give itself."""
    query = urlsplit(uri).query
    given = {word.partition("=")[0] for word in query.split("&")}
    more = urlencode({name: text for name, text in options.items() if name not in given}, safe="/")
    base = uri.partition("?")[0]
    return f"{base}?" + "&".join(filter(None, (query, more)))
