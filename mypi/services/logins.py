"""Logins: a user name and password, or a token, become an Identity."""

import hashlib
import hmac
import secrets
import threading
from collections import OrderedDict

from mypi.errors import NotLoggedIn
from mypi.model import Site, Token
from mypi.services import htpasswd as files
from mypi.services import passwords, tokens
from mypi.services.access import Identity, groups_of
from mypi.services.htpasswd import Htpasswd
from mypi.services.throttle import Throttle

WRONG = "The user name or the password is wrong."
DEAD = "This token is unknown, expired or revoked; make a new one."

TOKEN_USER = "__token__"  # noqa: S105
"""The user name that stands for none, as with PyPI: the token says who it is."""

REMEMBERED = 1_024
"""Right passwords remembered."""
SECONDS = 300
"""For how long."""


class Logins:
    """Checks passwords once, and remembers for some minutes that they were right.

    The memo holds keyed digests and the hash that was matched: when that changes, or the user goes,
    it counts no longer.  ``hashed`` counts how often a password was really hashed.  Thread-safe.
    """

    def __init__(self, htpasswd: Htpasswd | None = None) -> None:
        self.htpasswd = htpasswd
        self.throttle = Throttle()
        self.hashed = 0
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._right: OrderedDict[bytes, tuple[str, float]] = OrderedDict()

    def identity(self, site: Site, name: str, password: str, address: str, now: float) -> Identity:
        """Who logs in with that; raises NotLoggedIn and TooManyAttempts.

        A token may be the password of any user name.  What was right minutes ago never waits, so
        that a stranger behind the same address cannot lock anybody's tools out.
        """
        if tokens.is_token(password) or name == TOKEN_USER:
            return self.bearer(site, password, now, address)
        kept = self._kept(site, name) or ""
        memo = self._memo(name, password)
        if not self._remembers(memo, kept, now):
            self.throttle.check(name, address, now)
            if not self._is_right(kept, password):
                self.throttle.failed(name, address, now)
                raise NotLoggedIn(WRONG)
            self.throttle.succeeded(name, address)
            self._remember(memo, kept, now)
        return Identity(name, groups_of(site, name))

    def bearer(self, site: Site, text: str, now: float, address: str = "") -> Identity:
        """Who a token acts for; raises NotLoggedIn and TooManyAttempts.

        A good token never waits: nobody guesses one.
        """
        token = tokens.find(site, text, now)
        if token is None or not self._is_alive(site, token):
            self.throttle.check(TOKEN_USER, address, now)
            self.throttle.failed(TOKEN_USER, address, now)
            raise NotLoggedIn(DEAD)
        self.throttle.succeeded(TOKEN_USER, address)
        return Identity(token.user, groups_of(site, token.user), token.scope, token.id)

    def knows(self, site: Site, name: str) -> bool:
        """Whether there is such a user, in the database or the htpasswd file."""
        return self._kept(site, name) is not None

    def mark(self, site: Site, name: str) -> str | None:
        """A digest that changes with the user's password and sessions; None for nobody."""
        kept = self._kept(site, name)
        if kept is None:
            return None
        user = site.users.get(name)
        count = user.session if user is not None else 0
        text = f"{name} {count} {kept}"
        return hmac.new(site.secret, text.encode(), hashlib.sha256).hexdigest()[:32]

    def _kept(self, site: Site, name: str) -> str | None:
        """The hash of the user's password, from the database or else the htpasswd file.

        Empty for a user who has tokens only, None for nobody.
        """
        user = site.users.get(name)
        if user is not None and user.password:
            return str(user.password)
        kept = self.htpasswd.kept(name) if self.htpasswd is not None else None
        return "" if kept is None and user is not None else kept

    def _is_right(self, kept: str, password: str) -> bool:
        if not passwords.is_possible(password):
            return False
        with self._lock:
            self.hashed += 1
        if not kept:
            passwords.waste_time(password)
            return False
        matches = passwords.verify if passwords.is_hash(kept) else files.matches
        return matches(kept, password)

    def _is_alive(self, site: Site, token: Token) -> bool:
        return self.knows(site, token.user)

    def _memo(self, name: str, password: str) -> bytes:
        text = f"{name}\0{password}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, text, "sha256")

    def _remembers(self, memo: bytes, kept: str, now: float) -> bool:
        with self._lock:
            matched, since = self._right.get(memo, ("", 0.0))
        return bool(kept) and matched == kept and now - since < SECONDS

    def _remember(self, memo: bytes, kept: str, now: float) -> None:
        with self._lock:
            self._right[memo] = (kept, now)
            self._right.move_to_end(memo)
            while len(self._right) > REMEMBERED:
                self._right.popitem(last=False)
