"""The web: every door is a module of its own that is reached only by ``config.include``."""

from typing import Any

import pyramid_tm
from pyramid.csrf import CookieCSRFStoragePolicy

from mypi.web.execution import execution_policy, writes
from mypi.web.negotiate import BrowserPredicate
from mypi.web.security import Policy, access_of
from mypi.web.watching import watched

ATTEMPTS = 5
DOORS = (
    "simple",
    "files",
    "upload",
    "former",
    "pages",
    "archive",
    "compare",
    "search",
    "statistics",
    "docsites",
    "integrity",
    "pypi",
    "xmlrpc",
    "feeds",
    "status",
    "metrics",
    "api",
    "account",
    "admin",
)
FOR_COMMANDS = ("upload", "api")


def includeme(config: Any) -> None:
    """All that a server answers."""
    _include(config, DOORS)


def for_commands(config: Any) -> None:
    """What the command line asks when no server runs; pages would double the time of a start."""
    _include(config, FOR_COMMANDS)


def _include(config: Any, doors: tuple[str, ...]) -> None:
    """Transactions, security, error answers, then each door."""
    config.add_settings(
        {
            "tm.manager_hook": pyramid_tm.explicit_manager,
            "tm.commit_veto": pyramid_tm.default_commit_veto,
            "tm.activate_hook": writes,
            "tm.annotate_user": False,
        }
    )
    config.include("pyramid_tm")
    config.include("mypi.web.watching")
    config.set_execution_policy(watched(execution_policy(ATTEMPTS)))
    config.set_root_factory("mypi.web.resources.root")
    config.add_traverser("mypi.web.resources.Traverser")
    config.set_security_policy(Policy())
    config.add_request_method(access_of, "access", reify=True)
    config.set_csrf_storage_policy(CookieCSRFStoragePolicy(httponly=True, samesite="Lax"))
    config.registry.words = {}
    config.set_default_permission("read")
    config.add_view_predicate("browser", BrowserPredicate)
    config.add_tween("mypi.web.room.room_tween")
    config.add_tween("mypi.web.origin.origin_tween")
    config.include("pyramid_chameleon")
    config.include("mypi.web.errors")
    config.include("mypi.web.frame")
    for door in doors:
        config.include(f"mypi.web.{door}")
