"""What an index allows."""

from collections.abc import Mapping
from types import MappingProxyType

from persistent import Persistent

DAY = 86_400
TRASH_DAYS = 30


class IndexPolicy(Persistent):
    """What an index allows.  A record of its own, so that changing it does not touch the projects.

    Each attribute is an immutable value, replaced when it changes; the class holds the defaults.
    """

    title = ""
    description = ""

    bases: tuple[str, ...] = ()
    """Names of indexes, in the order in which they are asked."""
    merge = False
    """Projects found in several bases show the files of all, instead of the first one's only."""

    volatile = False
    """A file may be replaced by other bytes, and the name of a deleted one used again."""
    frozen = False
    """Nothing changes but the policy."""
    ownership = False
    """Who first publishes a project owns it: only owners and managers may change it."""
    approval = False
    """Only someone other than its uploader may promote a file into this index."""

    kinds: tuple[str, ...] = ()
    """Kinds of files taken (``sdist``, ``bdist_wheel``...); empty: all."""
    max_file = 0
    """Bytes of the largest file taken; 0: the site's limit."""
    max_size = 0
    """Bytes of all files together; 0: no limit."""
    rules: Mapping[str, str] = MappingProxyType({})
    """Metadata rule -> ``warn`` or ``enforce``, see ``services.acceptance``."""

    grants: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    """Permission -> principals; what is not said has the defaults of ``mypi.permissions``."""

    keep_prereleases = 0
    """Retention: newest pre-releases of a project that stay; 0: all."""
    keep_days = 0
    """Retention: days that a release stays, unless it is its project's newest; 0: for ever."""
    keep_promoted = True
    """Retention never takes what was promoted from here."""
    trash_days = TRASH_DAYS
    """Days that deleted things can be restored, and promotions undone."""

    def __init__(
        self, title: str = "", bases: tuple[str, ...] = (), volatile: bool = False
    ) -> None:
        self.title = title
        self.bases = bases
        self.volatile = volatile
