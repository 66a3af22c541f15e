"""The domain's errors: what can go wrong, with the HTTP status each of them becomes.

An error carries one sentence for the person who will read it: what, where, and what to do next.
How it is put on the wire (reason phrase, JSON, page) is decided in ``mypi.web.errors``.
"""


class MypiError(Exception):
    """Something was asked for that mypi will not or cannot do; the text is shown to the asker."""

    status = 500


class Refused(MypiError):
    """The request breaks a rule: a bad name, archive, digest or form."""

    status = 400


class NotLoggedIn(MypiError):
    """A login is needed, or the one that came is wrong."""

    status = 401


class NotAllowed(MypiError):
    """The asker lacks a permission."""

    status = 403


class Missing(MypiError):
    """There is no such index, project, release or file."""

    status = 404


class Conflict(MypiError):
    """The file name is taken by other bytes."""

    status = 409


class TooLarge(MypiError):
    """The body or the archive is larger than a limit that a setting names."""

    status = 413


class Unsupported(MypiError):
    """The body is of a kind that this address does not take."""

    status = 415


class TooManyAttempts(MypiError):
    """Too many wrong passwords; ``retry_after`` is seconds until the next one is looked at."""

    status = 429

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NoRoom(MypiError):
    """The disk has no room for what came, or cannot be written to."""

    status = 507


class CannotStart(MypiError):
    """The server cannot start with these settings or on this data; the text says why."""


class InUse(CannotStart):
    """Another process holds the database in ``folder``; ``holder`` names it, in brackets."""

    def __init__(self, folder: str, holder: str = "") -> None:
        super().__init__(
            f"The data in {folder} is in use by another server{holder}. Stop that one first, or "
            "give this one its own folder (data=/another/folder)."
        )
        self.folder = folder
        self.holder = holder
