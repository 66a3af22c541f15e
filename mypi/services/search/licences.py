"""Spellings of one licence become one: ``MIT``, ``MIT License``, ``The MIT License (MIT)``.

By the words alone, in any order.  What is not known here, and expressions of several licences, stay
as they are.
"""

import re
from functools import lru_cache

_WORD = re.compile(r"[a-z]+|[0-9]+(?:\.[0-9]+)*\+?|\+")
_SAYING_NOTHING = frozenset(
    "the license licence licensed version v software only approved osi gnu".split()
)
_SPELLINGS = {
    "MIT": ["mit", "expat", "mit expat"],
    "Apache-2.0": ["apache 2", "apache", "asl 2"],
    "BSD": ["bsd"],
    "BSD-2-Clause": ["bsd 2 clause", "simplified bsd", "freebsd"],
    "BSD-3-Clause": ["bsd 3 clause", "new bsd", "modified bsd", "revised bsd", "bsd 3"],
    "GPL-2.0-only": ["gpl 2", "general public 2", "general public 2 gpl"],
    "GPL-2.0-or-later": ["gpl 2+", "gpl 2 or later", "general public 2 or later gpl 2+"],
    "GPL-3.0-only": ["gpl 3", "general public 3", "general public 3 gpl"],
    "GPL-3.0-or-later": ["gpl 3+", "gpl 3 or later", "general public 3 or later gpl 3+"],
    "AGPL-3.0-only": ["agpl 3", "affero general public 3", "affero general public 3 agpl"],
    "AGPL-3.0-or-later": [
        *("agpl 3+", "agpl 3 or later", "affero general public 3 or later agpl 3+"),
        "affero general public or later agpl 3+",
    ],
    "LGPL-2.1-only": ["lgpl 2.1", "lesser general public 2.1"],
    "LGPL-3.0-only": ["lgpl 3", "lesser general public 3", "lesser general public 3 lgpl"],
    "LGPL-3.0-or-later": [
        *("lgpl 3+", "lgpl 3 or later", "lesser general public 3 or later lgpl 3+"),
    ],
    "ISC": ["isc", "isc iscl"],
    "MPL-2.0": ["mpl 2", "mozilla public 2", "mozilla public 2 mpl"],
    "PSF-2.0": ["psf", "psf 2", "python foundation"],
    "Unlicense": ["unlicense"],
    "ZPL": ["zpl", "zope public"],
    "ZPL-2.1": ["zpl 2.1", "zope public 2.1"],
}
"""Identifier of SPDX, or of what says less -> the words of its spellings.

The classifiers of Apache and of the PSF name no version: in practice it is the newest one.
"""
_BY_WORDS = {
    frozenset(words.split()): name for name, spellings in _SPELLINGS.items() for words in spellings
}


@lru_cache(maxsize=4_096)
def folded(licence: str) -> str:
    """The usual identifier of a licence in any spelling, or what was given."""
    words = (_plain(word) for word in _WORD.findall(licence[:200].casefold()))
    return _BY_WORDS.get(frozenset(word for word in words if word not in _SAYING_NOTHING), licence)


def _plain(word: str) -> str:
    """``gplv`` (of ``GPLv3``) is ``gpl``; ``2.0`` is ``2``."""
    if word.endswith("plv"):
        return word.removesuffix("v")
    plus = "+" if word.endswith("+") else ""
    return word.removesuffix("+").removesuffix(".0") + plus
