"""Templates are compiled by one thread after the other.

Python 3.11 counts how deep it is in a syntax tree for all threads together: a page that was asked
for while another template was compiled ended with SystemError, once in some thousand times.
"""

import threading
from typing import Any

from chameleon.template import BaseTemplate

_LOCK = threading.RLock()
_cook = BaseTemplate.cook


def _alone(self: BaseTemplate, body: Any) -> None:
    with _LOCK:
        _cook(self, body)


def one_at_a_time() -> None:
    """From now on, for all templates of this process."""
    BaseTemplate.cook = _alone  # type: ignore[method-assign]
