"""Lists that grow, a page at a time."""

from typing import Annotated, Any

from msgspec import Meta

from mypi.web.api.wire import Asked, Limit


class Page(Asked):
    """The newest entries, or those before one of them."""

    before: Annotated[str, Meta(description="Entries older than the one of this id.")] = ""
    limit: Limit = 100


def newest(things: Any, page: Page) -> tuple[list[Any], str]:
    """Persistent things by id, newest first, and the id to ask ``before`` for more (or nothing).

    Ids sort by time (``services.ids``): only what is shown is loaded.
    """
    ids = list(things.keys(None, page.before or None, excludemax=bool(page.before)))
    shown = ids[: -page.limit - 1 : -1]
    return [things[one] for one in shown], shown[-1] if len(ids) > len(shown) else ""
