"""Users, groups and tokens.  One record each, so that use of one never conflicts with another."""

from persistent import Persistent

from mypi.permissions import Scope


class User(Persistent):
    """Someone who logs in.  ``password`` is an argon2 hash, or empty: then tokens
    work, and the password of an htpasswd file.

    ``session`` counts up to end every browser session of the user (new password, log out
    everywhere); cookies carry the number they were made under.
    """

    def __init__(self, name: str, password: str, *, now: float) -> None:
        self.name = name
        self.password = password
        self.created = now
        self.session = 0


class Group(Persistent):
    """Users under one name; ``members`` is sorted and replaced, never changed in place."""

    def __init__(self, name: str, members: tuple[str, ...] = ()) -> None:
        self.name = name
        self.members = members


class Token(Persistent):
    """A secret that acts for ``user`` within ``scope``.  Only the secret's SHA-256 is kept.

    ``expires`` is seconds since the epoch, or None.  ``last_used`` is right to the hour: a read
    must not write each time.
    """

    last_used: float | None = None

    def __init__(
        self,
        number: str,
        user: str,
        digest: str,
        scope: Scope,
        *,
        label: str,
        now: float,
        expires: float | None,
    ) -> None:
        self.id = number
        self.user = user
        self.digest = digest
        self.scope = scope
        self.label = label
        self.created = now
        self.expires = expires
