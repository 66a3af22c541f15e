"""Who does what only one process should do, of several on one database.

A lease is written together with the work it is for, so an idle index writes none.  When two
processes take one at once, the second to commit meets a conflict, as with any other object.
"""

from typing import NamedTuple

from mypi.model import Site


class Lease(NamedTuple):
    """``holder`` names a process; ``until`` is in seconds since the epoch."""

    holder: str
    until: float


def hold(site: Site, name: str, holder: str, now: float, seconds: float) -> bool:
    """Take or keep the lease ``name`` for ``seconds``; False when another process has it.

    Inside a writing transaction.  Writes only when less than half of the time is left.
    """
    if is_elsewhere(site, name, holder, now):
        return False
    lease = Lease(*site.leases[name]) if name in site.leases else None
    if lease is None or lease.holder != holder or lease.until - now < seconds / 2:
        site.leases[name] = tuple(Lease(holder, now + seconds))
    return True


def is_elsewhere(site: Site, name: str, holder: str, now: float) -> bool:
    """Whether another process than ``holder`` has the lease ``name``; writes nothing."""
    if name not in site.leases:
        return False
    lease = Lease(*site.leases[name])
    return lease.holder != holder and lease.until > now


def release(site: Site, name: str, holder: str) -> None:
    """Give the lease ``name`` back, if ``holder`` has it: another need not wait for its end."""
    if name in site.leases and Lease(*site.leases[name]).holder == holder:
        del site.leases[name]
