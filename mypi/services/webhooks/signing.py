"""Signatures: how a receiver knows that a message is from here, and is new."""

import hashlib
import hmac
import secrets

PREFIX = "whsec-"


def new_secret() -> str:
    """A secret to sign with: 256 random bits."""
    return PREFIX + secrets.token_urlsafe(32)


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """``sha256=`` and the HMAC, in hex, of ``timestamp.body``; the secret's text is the key.

    The time is signed as well: a receiver that refuses old messages cannot be sent one again.
    """
    signed = b"%d." % timestamp + body
    return "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def headers(
    secret: str, timestamp: int, event: str, number: str, body: bytes, agent: str
) -> dict[str, str]:
    """What a message is sent with."""
    return {
        "Content-Type": "application/json",
        "User-Agent": agent,
        "Mypi-Event": event,
        "Mypi-Delivery": number,
        "Mypi-Timestamp": str(timestamp),
        "Mypi-Signature": signature(secret, timestamp, body),
    }
