"""The cookies that are ours, of all that a browser sends.

WebOb looks for cookies in time that grows with the square of the header's length where it has no
``=``: 60 kB stopped the whole process for a minute (measured).
"""

from typing import Any

from mypi.web.sessions import COOKIE

OURS = (COOKIE, "csrf_token")
LONGEST = 1_000
"""Characters of a value; ours are shorter."""


def keep_ours(environ: dict[str, Any]) -> None:
    """Leave out of the request's header what no view asks for."""
    pairs = (part.strip().partition("=") for part in environ.pop("HTTP_COOKIE", "").split(";"))
    kept = [
        f"{name}={value}" for name, _, value in pairs if name in OURS and 0 < len(value) <= LONGEST
    ]
    if kept:
        environ["HTTP_COOKIE"] = "; ".join(kept)
