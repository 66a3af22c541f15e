"""Ids of things that are listed by time: they sort as they came."""

import secrets


def new_id(now: float) -> str:
    """An id that sorts after all those of earlier milliseconds; ``now`` is seconds.

    One act makes many at one moment: of 50 with two random bytes, two are alike in 1 of 50 cases.
    """
    return f"{int(now * 1000):011x}{secrets.token_hex(6)}"
