"""What the web layer keeps for the time of a process; views find it on the registry.

Apart from ``includeme``, which only says which view answers what, and says the same each time.
"""

import threading
import time
from typing import Any

from mypi.services.freshness import freshness
from mypi.services.htpasswd import Htpasswd
from mypi.services.logins import Logins
from mypi.services.metering import Loads, Meters
from mypi.web.caching import BodyCache
from mypi.web.express import Express
from mypi.web.upload import arriving


def prepare(registry: Any) -> None:
    """Caches, counters and locks; ``registry`` has the settings, the database and its folders."""
    settings, database = registry.mypi, registry.database
    registry.started = time.monotonic()
    registry.meters, registry.loads = Meters(), Loads()
    database.setActivityMonitor(registry.loads)
    registry.logins = Logins(Htpasswd(settings.htpasswd) if settings.htpasswd else None)
    registry.bodies = BodyCache(settings.cache_bytes)
    registry.page_cache_control = settings.page_cache_control
    fresh = freshness(database)
    registry.turns = threading.Lock() if fresh.is_in_memory else None
    registry.express = Express(fresh, settings.cache_bytes, registry.front)
    # The web server asks these.
    registry.settings["mypi.at_once"] = registry.express.has
    registry.settings["mypi.body_taker"] = arriving.taker(
        registry.spool_folder, settings.max_upload
    )
