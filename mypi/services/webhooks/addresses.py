"""Where a webhook may send to: what an address must look like, and where it may lead.

Only administrators name addresses, and teams' servers live in private networks, so those are
allowed.  Link-local addresses are not: clouds keep the credentials of the machine there.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from mypi.errors import Refused

MAX_URL = 2_000
"""Characters of an address."""

METADATA = {
    ip_address(text)
    # Clouds that keep theirs elsewhere: Alibaba, Oracle, AWS and Google by IPv6.
    for text in ("100.100.100.200", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254")
}
_NAT64 = IPv6Network("64:ff9b::/96")


def check_url(text: str) -> str:
    """``text``, if messages can be sent there; raises Refused.  Names are not looked up here."""
    import httpx

    url = text.strip()
    try:
        parts = urlsplit(url)
        port = parts.port
        host = httpx.URL(url).raw_host.decode()
    except (ValueError, httpx.InvalidURL):
        raise _refused(url) from None
    if parts.scheme not in ("http", "https") or not host or port == 0 or len(url) > MAX_URL:
        raise _refused(url)
    if not url.isascii() or not url.isprintable() or " " in url:
        raise _refused(url)
    if parts.username is not None or parts.password is not None:
        raise Refused("url: a login does not belong into an address; messages are signed instead.")
    if parts.fragment:
        raise Refused("url: what follows the # never reaches a server; leave it out.")
    address = _literal(host)
    if address is not None and is_forbidden(address):
        raise _forbidden(host, host)
    return url


def resolve(host: str, port: int) -> list[str]:
    """The addresses of ``host``; raises Refused if one of them must not be sent to, and OSError.

    Whoever connects takes these, and does not ask again: another answer could lead elsewhere.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(it[4][0]) for it in found))
    for text in addresses:
        if is_forbidden(ip_address(text)):
            raise _forbidden(host, text)
    return addresses


def is_forbidden(address: IPv4Address | IPv6Address) -> bool:
    """Whether no webhook may send there: link-local, metadata of clouds, no single machine."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_forbidden(inner)
        address = IPv6Address(int(address))  # without its zone
    return (
        address in METADATA
        or address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or int(address) == 0xFFFFFFFF
    )


def origin(url: str) -> str:
    """Scheme, host and port, for logs: the rest of an address may be a secret."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


def _refused(url: str) -> Refused:
    return Refused(f"url: {url[:80]!r} is not the address of a receiver; write https://host/path.")


def _forbidden(host: str, address: str) -> Refused:
    leads = f"{host[:80]} is {address}" if host != address else f"{address} is an address"
    return Refused(
        f"url: {leads}, where no webhook may send to (link-local, metadata of a cloud, or many "
        "machines at once)."
    )
