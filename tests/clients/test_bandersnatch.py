"""bandersnatch mirrors an index: by the Simple API and by XML-RPC (C-70 to C-72)."""

import urllib.request
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.clients import projects, tls
from tests.clients.sandbox import Client
from tests.clients.server import Server, digests_of, sha256
from tests.serving import free_port

# It goes by the proxy that is set, even to loopback.
NO_PROXIES = dict.fromkeys(("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"), "")
METHODS = [("bandersnatch", "simple"), ("bandersnatch", "xmlrpc"), ("bandersnatch-5", "xmlrpc")]

CONFIGURATION = """\
[mirror]
directory = {mirror}
storage-backend = filesystem
master = {master}
api-method = {method}
json = true
hash-index = false
compare-method = hash
digest_name = sha256
timeout = 30
global-timeout = 300
workers = 2
verifiers = 2
stop-on-error = true
"""


class Master(NamedTuple):
    """A server, and where mirrors reach it by TLS."""

    server: Server
    url: str
    pem: Path


@pytest.fixture
def master(tmp_path, monkeypatch):
    """An index of its own, where everybody may delete."""
    port = free_port()
    url = f"https://{tls.HOST}:{port}"
    monkeypatch.setenv("MYPI_URL", url)
    monkeypatch.setenv("MYPI_VOLATILE", "stable incubator")
    server = Server(tmp_path / "master" / "data")
    server.data.parent.mkdir()
    server.start()
    pem = tls.certificate(tmp_path)
    with tls.proxy(pem, port, server.port):
        yield Master(server, url, pem)
    assert server.stop() == 0, server.log.read_text()


class Mirror:
    """A folder that bandersnatch fills."""

    def __init__(self, client: Client, master: Master, method: str, folder: Path) -> None:
        self.client = client
        self.master = master
        self.folder = folder
        text = CONFIGURATION.format(mirror=folder, master=master.url, method=method)
        self.config = client.sandbox.write("bandersnatch.conf", text)

    def run(self, *words: str) -> str:
        """One run; what it said."""
        return self.client.run(
            "bandersnatch",
            *("-c", self.config, *(words or ("mirror",))),
            SSL_CERT_FILE=str(self.master.pem),
            **NO_PROXIES,
        )

    def digests(self) -> dict[str, str]:
        """sha256 by file name of all archives."""
        files = (self.folder / "web/packages").rglob("*")
        archives = [path for path in files if path.name.endswith((".whl", ".tar.gz"))]
        return {path.name: sha256(path) for path in archives}

    def names(self) -> set[str]:
        """The projects that have a page."""
        return {path.parent.name for path in (self.folder / "web/simple").glob("*/index.html")}


@pytest.fixture
def mirror(client, master, tmp_path, request):
    name, method = request.param
    return Mirror(client(name), master, method, tmp_path / "mirror")


def asked_for(said: str) -> set[str]:
    """The projects whose metadata a run fetched."""
    lines = (line for line in said.splitlines() if "Fetching metadata for package: " in line)
    return {line.partition("package: ")[2].split()[0] for line in lines}


@pytest.mark.parametrize("mirror", METHODS, indirect=True, ids="-".join)
def test_a_mirror_has_all_and_then_fetches_what_changed(mirror, master, builder, tmp_path):
    def made(name: str, version: str) -> list[Path]:
        folder = tmp_path / f"{name}-{version}"
        return projects.with_setup_py(folder, name, version).build(builder, "sdist", "bdist_wheel")

    first = {name: made(name, "1.0") for name in ("Alpha", "beta.two", "gamma")}
    for archives in first.values():
        master.server.publish(*archives)

    said = mirror.run()

    assert mirror.names() == {"alpha", "beta-two", "gamma"}, said
    assert mirror.digests() == digests_of([it for them in first.values() for it in them])
    assert asked_for(said) == {"alpha", "beta-two", "gamma"}

    assert asked_for(mirror.run()) == set()

    more = made("Alpha", "1.1")
    master.server.publish(*more)
    said = mirror.run()

    assert asked_for(said) == {"alpha"}
    assert mirror.digests() == digests_of([*more, *(it for them in first.values() for it in them)])


@pytest.fixture
def two(mirror, master, builder, tmp_path):
    """The digests of two projects that have been mirrored; the second was deleted then."""
    archives = {
        name: projects.with_setup_py(tmp_path / name, name, "1.0").build(builder, "bdist_wheel")
        for name in ("kept", "gone")
    }
    for them in archives.values():
        master.server.publish(*them)
    mirror.run()
    assert mirror.names() == {"kept", "gone"}
    delete(master, "gone")
    return {name: digests_of(them) for name, them in archives.items()}


@pytest.mark.parametrize("mirror", METHODS, indirect=True, ids="-".join)
def test_a_run_survives_a_deleted_project_and_verifying_removes_its_files(mirror, two):
    # Syncing never removes anything; a mirror tells what is gone by asking for each (404).
    mirror.run()
    mirror.run("verify", "--delete", "--json-update")

    assert mirror.digests() == two["kept"]


@pytest.mark.parametrize("mirror", METHODS[1:], indirect=True, ids="-".join)
def test_the_journal_names_a_deleted_project_and_the_mirror_can_drop_its_page(mirror, two):
    assert asked_for(mirror.run()) == {"gone"}

    mirror.run("delete", "gone")

    assert mirror.names() == {"kept"}
    assert mirror.digests() == two["kept"]


def delete(master: Master, project: str) -> None:
    address = f"{master.server.url}/+api/v1/indexes/stable/projects/{project}"
    request = urllib.request.Request(address, method="DELETE")
    urllib.request.urlopen(request).close()
