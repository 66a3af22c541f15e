"""Send messages to one receiver: no redirects, no proxies, and never longer than is said here."""

import asyncio
import functools
import ssl
import time
from collections.abc import Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, NamedTuple

from mypi.errors import Refused
from mypi.services.webhooks.addresses import resolve
from mypi.services.webhooks.signing import headers

if TYPE_CHECKING:
    # A server without webhooks need not load it: 10 MB, 0.1 s.
    import httpx

DEADLINE = 15.0
"""Seconds for one message, from connecting to the end of the answer."""
STEP = 5.0
"""Seconds that a receiver may be silent in between."""
SECONDS = 2.0
"""After so long no further message is begun: what was taken is written down first."""
MAX_ANSWER = 65_536
"""Bytes of an answer that are read, so that the connection can be used again."""
MAX_SAID = 200


class Message(NamedTuple):
    """What to send: an id, the name of the event, and the JSON."""

    id: str
    event: str
    body: bytes


class Answer(NamedTuple):
    """What came of a message; ``status`` is 0 when there was no answer.

    ``retry_after`` is the seconds that the receiver asked to be left alone for.
    """

    status: int
    said: str
    milliseconds: int
    retry_after: float = 0.0

    @property
    def is_taken(self) -> bool:
        """Whether the receiver has it."""
        return 200 <= self.status < 300


def send(url: str, secret: str, messages: Sequence[Message]) -> list[Answer]:
    """Send in order, until one is not taken or two seconds are over; an answer for each sent one.

    Blocks.  Whatever goes wrong becomes an answer.
    """
    import httpx

    target = httpx.URL(url)
    port = target.port or (443 if target.scheme == "https" else 80)
    started = time.monotonic()
    try:
        addresses = resolve(target.raw_host.decode(), port)
    except (OSError, UnicodeError) as error:
        return [_failed(f"{target.host} cannot be found: {error}", started)]
    except Refused as error:
        return [_failed(str(error).removeprefix("url: "), started)]
    return asyncio.run(_send_all(target, addresses, secret, messages))


async def _send_all(
    target: "httpx.URL", addresses: Sequence[str], secret: str, messages: Sequence[Message]
) -> list[Answer]:
    import httpx

    answers: list[Answer] = []
    until = time.monotonic() + SECONDS
    client = httpx.AsyncClient(
        verify=_trust() if target.scheme == "https" else False,
        trust_env=False,
        timeout=httpx.Timeout(STEP),
        limits=httpx.Limits(max_connections=1),
    )
    async with client:
        for message in messages:
            answers.append(await _one(client, target, addresses, secret, message))
            if not answers[-1].is_taken or time.monotonic() > until:
                break
    return answers


async def _one(client: Any, target: Any, addresses: Sequence[str], secret: str, it: Message) -> Any:
    import httpx

    started = time.monotonic()
    now = int(time.time())
    sent = headers(secret, now, it.event, it.id, it.body, f"mypi/{version('mypi')}")
    try:
        async with asyncio.timeout(DEADLINE):
            return await _post(client, target, addresses, sent, it.body, started)
    except (TimeoutError, httpx.TimeoutException):
        return _failed("did not answer in time", started)
    except httpx.ConnectError as error:
        return _failed(f"cannot be reached: {error}", started)
    except (httpx.HTTPError, OSError) as error:
        return _failed(f"broke off: {error or type(error).__name__}", started)


async def _post(
    client: Any,
    target: Any,
    addresses: Sequence[str],
    sent: dict[str, str],
    body: bytes,
    started: float,
) -> Answer:
    """To the first address that takes connections; name and certificate are those of the host."""
    import httpx

    for number, address in enumerate(addresses, 1):
        request = client.build_request(
            "POST",
            target.copy_with(host=address),
            content=body,
            headers={**sent, "Host": target.netloc.decode(), "Accept-Encoding": "identity"},
            extensions={"sni_hostname": target.raw_host.decode()},
        )
        try:
            response = await client.send(request, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            if number == len(addresses):
                raise
        else:
            return await _read(response, started)
    raise httpx.ConnectError("it has no address")


async def _read(response: Any, started: float) -> Answer:
    """What a status says; of the body no more than it takes to be done with it."""
    size = 0
    try:
        async for chunk in response.aiter_raw():
            size += len(chunk)
            if size > MAX_ANSWER:
                break
    finally:
        await response.aclose()
    status = response.status_code
    said = f"{status} {response.reason_phrase}".strip()
    if response.is_redirect:
        said += ": redirects are not followed; name the address that it leads to"
    return Answer(status, _plain(said), _since(started), _retry_after(response))


def _retry_after(response: Any) -> float:
    text = response.headers.get("Retry-After", "")
    return float(text) if len(text) < 8 and text.isascii() and text.isdecimal() else 0.0


def _failed(said: str, started: float) -> Answer:
    return Answer(0, _plain(said), _since(started))


def _plain(text: str) -> str:
    """One line that can be shown anywhere: receivers and resolvers write what they like."""
    return "".join(c if c.isprintable() else "?" for c in text)[:MAX_SAID]


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)


@functools.cache
def _trust() -> ssl.SSLContext:
    """The machine's certificate authorities, with those of the team; ``SSL_CERT_FILE`` counts."""
    return ssl.create_default_context()
