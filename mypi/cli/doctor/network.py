"""The server and its address: whether it answers, here and where people come in."""

import http.client
import os
import ssl
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx

from mypi.cli.client import API
from mypi.cli.doctor.finding import Finding, Patient, bad, good, warning
from mypi.cli.reach import agent
from mypi.model.storage import data_folder
from mypi.server import whereabouts
from mypi.server.banner import is_loopback
from mypi.server.places import UNIX, VARIABLE
from mypi.sizes import size_in_units

PATIENCE = 10.0
"""Seconds to wait for an answer."""


class NoAnswer(Exception):
    """Nobody answers there as mypi does; the text says what happens instead."""


def findings(patient: Patient) -> Iterator[Finding]:
    """The server on this machine, then the way that people take to it."""
    url, socket = place(patient)
    try:
        site = ask(url, socket)
    except NoAnswer as error:
        yield bad("server", f"{socket or url}: {error}", f"mypi -c {patient.ini} serve")
    else:
        yield good("server", f"{socket or url} answers")
        yield from _ready(url, socket)
        yield _access(patient, site)
    if patient.settings.url:
        yield from _outside(patient, patient.settings.url)


def place(patient: Patient) -> tuple[str, str]:
    """URL and Unix socket (or nothing) of the server on this machine; it need not run."""
    folder = data_folder(patient.uri)
    try:
        here = whereabouts.read(folder) if folder is not None else None
    except PermissionError:
        here = None
    if here is not None:
        return here.url, here.socket
    prefix = patient.server.get("url_prefix", "").rstrip("/")
    words = _listens(patient)
    if words[0].startswith(UNIX):
        return f"http://localhost{prefix}", words[0].removeprefix(UNIX)
    host, _, port = words[0].rpartition(":")
    host = whereabouts.WILDCARDS.get(host.strip("[]"), host.strip("[]"))
    return f"http://{f'[{host}]' if ':' in host else host}:{port}{prefix}", ""


def ask(url: str, socket: str = "") -> dict[str, Any]:
    """What the index at ``url`` says of itself; raises NoAnswer."""
    response = _get(url + API.rstrip("/"), socket)
    if response.is_redirect:
        raise NoAnswer(f"it sends us to {response.headers.get('Location', 'elsewhere')}.")
    try:
        said = response.json()
        if said["name"] == "mypi":
            return dict(said)
    except (ValueError, KeyError, TypeError):
        pass
    raise NoAnswer(f"it answers {response.status_code}, and not as mypi does.")


def _get(url: str, socket: str) -> httpx.Response:
    try:
        transport = httpx.HTTPTransport(uds=socket or None)
        with httpx.Client(transport=transport, timeout=PATIENCE, headers=agent()) as client:
            return client.get(url)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise NoAnswer(f"{error or type(error).__name__}.") from None


def _ready(url: str, socket: str) -> Iterator[Finding]:
    """What the server itself says of its health."""
    try:
        said = _get(f"{url}/+health", socket).json()
        reasons = list(said.get("reasons", ()))
    except (NoAnswer, ValueError, AttributeError) as error:
        reasons = [str(error)]
    for reason in reasons:
        yield bad("health", str(reason), "look into the server's log")
    if not reasons:
        yield good("health", "it can read and publish")


def _listens(patient: Patient) -> list[str]:
    """Where the server listens, as ``MYPI_LISTEN`` writes it."""
    server = patient.server
    if words := os.environ.get(VARIABLE, "").split() or server.get("listen", "").split():
        return words
    if "unix_socket" in server:
        return [UNIX + server["unix_socket"]]
    return [f"{server.get('host', '127.0.0.1')}:{server.get('port', '6543')}"]


def _access(patient: Patient, site: dict[str, Any]) -> Finding:
    if not site.get("open"):
        return good("access", "closed: logins count")
    hosts = [word.rpartition(":")[0].strip("[]") for word in _listens(patient)
             if not word.startswith(UNIX)]  # fmt: skip
    if patient.settings.url:
        hosts.append(urlsplit(patient.settings.url).hostname or "")
    if all(map(is_loopback, hosts)):
        return good("access", "open to whoever is on this machine")
    what = "Other machines can reach it, and nobody is asked for a password."
    return warning("access", what, f"mypi -c {patient.ini} user add YOUR-NAME")


def _outside(patient: Patient, url: str) -> Iterator[Finding]:
    """mypi.url, as people and programs use it."""
    try:
        site = ask(url)
    except NoAnswer as error:
        yield bad("address", f"{url}: {error}", "mypi config gen nginx, or change mypi.url")
        return
    yield good("address", f"{url} answers")
    path, seen = urlsplit(url).path, str(site.get("links", {}).get("whoami", ""))
    if not seen.startswith(path + API.rstrip("/")):
        what = f"mypi does not know that it is below {path or '/'}, and its links lead elsewhere."
        yield bad("prefix", what, f"url_prefix = {path} in [server:main]")
    is_behind = urlsplit(url).scheme == "https"
    if is_behind and not patient.server.get("trusted_proxy"):
        what = "The front server is not believed: who comes over https is taken for itself."
        remedy = "trusted_proxy and trusted_proxy_headers in [server:main]: mypi config gen nginx"
        yield warning("front server", what, remedy)
    yield _upload(patient, url)


def _upload(patient: Patient, url: str) -> Finding:
    """Whether the front server lets the largest upload pass: announced, and never sent."""
    size, parts = patient.settings.max_upload, urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=PATIENCE)
    try:
        connection.putrequest("POST", parts.path + "/", skip_accept_encoding=True)
        connection.putheader("Content-Type", "multipart/form-data; boundary=nothing")
        connection.putheader("Content-Length", str(size))
        connection.putheader("Expect", "100-continue")
        connection.endheaders()
        line = connection.sock.recv(64).decode("latin-1")
    except (OSError, ssl.SSLError) as error:
        return warning(
            "uploads", f"{url} does not say what it takes: {error}.", "mypi doctor --try"
        )
    finally:
        connection.close()
    status = line.split(" ")[1] if line.count(" ") else ""
    if status == "413":
        what = f"The front server refuses uploads of {size_in_units(size)} (mypi.max_upload)."
        return bad("uploads", what, "client_max_body_size in nginx: mypi config gen nginx")
    return good("uploads", f"{size_in_units(size)} may pass")
