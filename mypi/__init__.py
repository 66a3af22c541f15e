"""mypi: a package index that a team runs itself.

``main`` reads as a table of contents of what the application is made of.
"""

import atexit
import os
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mypi.errors import CannotStart

warnings.filterwarnings("ignore", message="pkg_resources is deprecated")


def main(global_config: dict[str, str], **ini: Any) -> Any:
    """The WSGI application for an ini file's settings (a PasteDeploy application factory).

    Ends the program with exit code 2 and one sentence when it cannot start.
    """
    from mypi import logs
    from mypi.web.frame import warming

    try:
        app = make_app(ini)
    except CannotStart as error:
        sys.stderr.write(f"mypi cannot start: {error}\n")
        raise SystemExit(2) from None
    if app.registry.mypi.log == "json":
        logs.use_json()
    if app.registry.front is not None:
        app.registry.front.forget_all()  # whatever happened while nobody looked
        app.registry.following.start()
    app.registry.background.start()
    warming.start(app.registry)
    atexit.register(close, app)
    return app


def close(app: Any) -> None:
    """Do what is left to do in the background, and close the database."""
    app.registry.background.stop()
    app.registry.following.stop()
    app.registry.database.close()


def make_app(ini: dict[str, Any], doors: str = "mypi.web") -> Any:
    """The WSGI application for ``ini``, with what ``doors`` includes; raises CannotStart."""
    from pyramid.config import Configurator

    with Configurator(settings=ini) as config:
        prepare(config, ini)
        config.include(doors)
        return config.make_wsgi_app()


def prepare(config: Any, ini: dict[str, Any]) -> None:
    """Give the registry what views find there: settings, database, background tasks, caches.

    Raises CannotStart.
    """
    from mypi.services.background import PROMPT, Background
    from mypi.services.downloads import Counter
    from mypi.services.search import Follower
    from mypi.services.webhooks import Addresses, Sender
    from mypi.settings import Settings
    from mypi.web import state

    registry = config.registry
    settings = registry.mypi = Settings.from_ini(ini, os.environ)
    background = registry.background = Background()
    # What another machine closed must not wait until a catalogue is written here.
    registry.following = Background(pause=PROMPT, longest_rest=0)
    open_data(config)
    registry.downloads = Counter(settings.statistics_days)
    registry.front = open_front(registry)
    background.add("downloads", write_downloads(registry))
    where = registry.database, registry.process
    background.add("catalogue", Follower(*where))
    urls = Addresses(settings.url, settings.default_index)
    background.add("webhooks", Sender(*where, background, urls))
    state.prepare(registry)


def write_downloads(registry: Any) -> Callable[[], None]:
    """The task that writes what was counted: at once, when no thread will come back to it."""
    background = registry.background
    task: Callable[[], None] = registry.downloads.task(
        registry.database, lambda: not background.is_running
    )
    return task


def open_front(registry: Any) -> Any:
    """The folder that a front server sends from, with its tasks; None without the setting.

    Raises CannotStart.
    """
    from mypi.model.storage import data_folder
    from mypi.services.front import Front
    from mypi.services.front.counting import LogCounter
    from mypi.services.front.following import Following

    if not registry.mypi.front:
        return None
    folder = Path(registry.mypi.front).absolute()
    try:
        front = Front(folder)
    except OSError as error:
        raise CannotStart(f"mypi.front: {folder} cannot be written: {error.strerror}.") from None
    background, database = registry.background, registry.database
    if not data_folder(registry.settings["zodbconn.uri"]):
        registry.following.add("front", Following(database, front))
    background.add("front downloads", LogCounter(database, registry.downloads, folder))
    background.add("front leftovers", front.sweep)
    return front


def open_data(config: Any) -> None:
    """Open the database of ``zodbconn.uri``, make or evolve the site, note its folders."""
    import pyramid_zodbconn
    import transaction

    from mypi.model import leftovers
    from mypi.model.evolve import evolve
    from mypi.model.site import check_default, found
    from mypi.model.storage import data_file, open_database, spool_folder
    from mypi.model.troubles import told_at_start
    from mypi.model.uris import complete, describe
    from mypi.services.access import is_site_open
    from mypi.services.room import Room, apart

    registry = config.registry
    given = registry.settings.get("zodbconn.uri")
    registry.settings["zodbconn.uri"] = complete(given, registry.mypi.data)
    pyramid_zodbconn.includeme(config, db_from_uri=open_database)
    db = registry.database = registry._zodb_databases[""]
    manager = transaction.TransactionManager(explicit=True)
    connection = db.open(manager)
    try:
        with told_at_start(describe(registry.settings["zodbconn.uri"])):
            site = found(connection, registry.mypi)
            evolve(site, manager, automatic=registry.mypi.evolve == "auto")
            check_default(site, registry.mypi)
            projects = sum(index.count() for index in site.indexes.values())
            registry.starts_open = is_site_open(registry.mypi, site)
    finally:
        connection.close()
    registry.process = process_name(registry.settings["zodbconn.uri"])
    registry.spool_folder = spool_folder(db)
    leftovers.clear_old(registry.spool_folder)
    registry.blob_folder = registry.spool_folder.parent
    database = apart(data_file(registry.settings["zodbconn.uri"]), registry.blob_folder)
    registry.room = Room(registry.blob_folder, registry.mypi.min_free, database)
    # ZODB makes a new blob's first file in the default temporary folder: the same file system.
    tempfile.tempdir = str(registry.spool_folder)
    tell_server(registry, projects)


def process_name(uri: str) -> str:
    """How this process is told from others on the same database; a file storage has but one."""
    import platform
    import secrets

    from mypi.model.storage import data_folder

    if data_folder(uri):
        return "the only one"
    return f"{platform.node()}:{os.getpid()}:{secrets.token_hex(4)}"


def tell_server(registry: Any, projects: int) -> None:
    """Give the web server what it has to know: limits for uploads, facts for the start banner.

    And a key that makes its holder the operator; not among the settings, which are shown to
    developers.
    """
    import secrets

    from mypi.model.storage import data_folder
    from mypi.model.uris import describe

    settings = registry.mypi
    registry.operator_key = secrets.token_urlsafe(32)
    registry.settings.update(
        {
            "mypi.max_upload": settings.max_upload,
            "mypi.min_free": settings.min_free,
            "mypi.spool_dir": str(registry.spool_folder),
            "mypi.data_dir": str(data_folder(registry.settings["zodbconn.uri"]) or ""),
            "mypi.facts": {
                "url": settings.url,
                "storage": describe(registry.settings["zodbconn.uri"]),
                "projects": projects,
                "open": registry.starts_open,
            },
        }
    )
