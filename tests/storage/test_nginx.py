"""mypi behind Debian's nginx, with the file that ``mypi config gen nginx`` makes."""

import base64
import hashlib
import os
import subprocess
import sys
import urllib.error
from collections.abc import Iterator

import pytest

from tests.commandline import Keeper
from tests.factories import wheel
from tests.fronts import Answer, Behind, Front, nginx
from tests.posting import form, upload_fields
from tests.serving import free_port
from tests.wire import JSON

MIB = 2**20
SIX, SIX_WHEEL = wheel("six", "1.0")
TAG = f'"{hashlib.sha256(SIX_WHEEL).hexdigest()}"'
FILE = f"/packages/stable/six/{SIX}"
BY_NGINX = "nginx/"
QUICK = {"server:main": "stop_idle = 0"}
"""These tests begin no request while the server stops."""


@pytest.fixture(scope="module", params=["", "/mypi"], ids=["at the root", "at a prefix"])
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Front, Behind]]:
    """nginx, and an open mypi behind it; six is published."""
    folder = tmp_path_factory.mktemp("nginx")
    port = free_port()
    with (
        nginx(folder, folder / "var", prefix=request.param, ports=(port,)) as front,
        Behind(folder / "var", port, front.conf, told=QUICK) as server,
    ):
        assert publish(front, SIX, SIX_WHEEL).status == 200
        yield front, server


@pytest.fixture
def front(site: tuple[Front, Behind]) -> Front:
    return site[0]


def publish(front: Front, filename: str, content: bytes, path: str = "/", **headers: str) -> Answer:
    body, kind = form(upload_fields(content), filename, content)
    return front.ask(path, "POST", body, Content_Type=kind, **headers)


def login(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def test_pages_and_redirects_say_the_address_that_people_use(front):
    setup = front.ask("/+setup", Accept="text/html")
    moved = front.ask("/simple/six")

    assert front.url in setup.text
    assert moved.status == 301
    assert moved.headers["location"].removeprefix("https://127.0.0.1:" + str(front.port)) == (
        front.prefix + "/simple/six/"
    )


def test_plain_http_is_sent_to_https(front):
    moved = front.ask("/simple/", at=f"http://127.0.0.1:{front.plain_port}")

    assert (moved.status, moved.headers["location"]) == (301, "https://127.0.0.1/simple/")


def test_the_prefix_itself_leads_to_the_index(front):
    if not front.prefix:
        pytest.skip("at the root")

    moved = front.ask("")

    assert (moved.status, moved.headers["location"]) == (301, f"{front.url}/")


def test_pip_installs_through_it(front, tmp_path):
    words = f"--isolated --no-cache-dir --no-deps --cert {front.pem} -i {front.url}/simple/"
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", *words.split(), "-t", tmp_path / "there", "six"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "REQUESTS_CA_BUNDLE": str(front.pem)},
    )

    assert done.returncode == 0, done.stdout
    assert (tmp_path / "there/six-1.0.dist-info").is_dir()


# Archives that nginx sends


def test_an_archive_is_sent_by_nginx_with_the_headers_of_mypi(front):
    answer = front.ask(FILE)

    assert answer.body == SIX_WHEEL
    headers = answer.headers
    assert headers["content-type"] == "application/zip"
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["etag"] == TAG
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["accept-ranges"] == "bytes"
    assert "x-accel-redirect" not in headers


def test_without_nginx_mypi_sends_it_itself(site):
    _, server = site

    assert server.get(FILE) == SIX_WHEEL


def test_who_has_the_archive_is_told_so(front):
    dated = front.ask(FILE).headers["last-modified"]

    assert front.ask(FILE, If_None_Match=TAG).status == 304
    assert front.ask(FILE, If_Modified_Since=dated).status == 304
    assert front.ask(FILE, If_None_Match='"other"').body == SIX_WHEEL


def test_head_and_parts_of_an_archive(front):
    head = front.ask(FILE, "HEAD")
    part = front.ask(FILE, Range="bytes=10-19")
    same = front.ask(FILE, Range="bytes=-7", If_Range=TAG)
    changed = front.ask(FILE, Range="bytes=0-9", If_Range='"other"')
    beyond = front.ask(FILE, Range=f"bytes={len(SIX_WHEEL)}-")

    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(SIX_WHEEL))
    assert (part.status, part.body) == (206, SIX_WHEEL[10:20])
    assert (same.status, same.body) == (206, SIX_WHEEL[-7:])
    assert (changed.status, changed.body) == (200, SIX_WHEEL)
    assert beyond.status == 416


def test_the_folder_of_archives_cannot_be_asked_for(site):
    front, server = site
    blob = next(path for path in (server.data / "blobs").rglob("*.blob"))
    inside = blob.relative_to(server.data / "blobs")

    for path in ("/mypi-blobs/", f"/mypi-blobs/{inside}", f"/mypi-blobs/../Data.fs#{inside}"):
        answer = front.ask(path, at=f"https://127.0.0.1:{front.port}")
        assert answer.status in (400, 404), path
        assert SIX_WHEEL not in answer.body


def test_a_header_of_a_client_makes_nginx_send_nothing_else(front):
    answer = front.ask("/simple/", X_Accel_Redirect="/mypi-blobs/.layout")

    assert b"lawn" not in answer.body
    assert b"bushy" not in answer.body


# Uploads


def test_a_big_upload_comes_through_and_back(front):
    filename, content = wheel("big", "1.0", files={"big/data.bin": os.urandom(48 * MIB)})

    answer = publish(front, filename, content)

    assert answer.status == 200, answer.text
    assert front.ask(f"/packages/stable/big/{filename}").body == content
    assert front.ask("/simple/big/", Accept=JSON).text.count(filename) >= 1


def test_an_upload_beyond_every_limit_is_refused_before_it_is_sent(front):
    with front.connection() as connection:
        connection.putrequest("POST", f"{front.prefix}/")
        connection.putheader("Content-Type", "multipart/form-data; boundary=x")
        connection.putheader("Content-Length", str(2**40))
        connection.endheaders()

        assert connection.getresponse().status == 413


# What only some may read


@pytest.fixture
def team(site) -> tuple[str, Keeper]:
    """An index that only ada can read, with a file; its name, and who keeps the site."""
    _, server = site
    keeper = Keeper(server.data, options=f"-c {server.ini} --set data={server.data} -q")
    name = f"team-{free_port()}"
    keeper(f"user add ada-{name} --password-stdin", typed="correct horse battery\n")
    keeper(f"index create {name} --read ada-{name} --upload ada-{name}")
    return name, keeper


def test_a_private_index_stays_private(front, team):
    name, _ = team
    right = login(f"ada-{name}", "correct horse battery")
    filename, content = wheel("secret", "1.0")
    assert publish(front, filename, content, f"/+{name}/", Authorization=right).status == 200
    path = f"/packages/{name}/secret/{filename}"

    mine = front.ask(path, Authorization=right)
    again = front.ask(path)
    guessed = front.ask(path, Authorization=login(f"ada-{name}", "wrong horse battery"))
    there = front.ask(f"/packages/{name}/secret/none-1.0.tar.gz")

    assert mine.body == content
    assert mine.headers["cache-control"].startswith("private")
    assert (again.status, guessed.status, there.status) == (401, 401, 401)
    assert front.ask(f"/+{name}/simple/").status == 401
    assert content not in (again.body, guessed.body)


def test_who_came_is_told_by_nginx_and_by_nobody_else(front, team):
    _, keeper = team
    filename, content = wheel("told", "1.0")
    right = login(f"ada-{team[0]}", "correct horse battery")
    made_up = {"X_Forwarded_For": "203.0.113.9", "X_Forwarded_Host": "evil.example"}

    assert publish(front, filename, content, Authorization=right, **made_up).status == 200
    page = front.ask("/+setup", Accept="text/html", **made_up, X_Forwarded_Prefix="/evil")

    text = keeper("--json log -i stable").out
    assert "203.0.113.9" not in text
    assert "evil" not in page.text


# Through a Unix socket


class AtSocket(Behind):
    """A server on a Unix socket; it is asked through ``front``."""

    front: Front

    def popen(self, words, **kw):
        kw["env"]["MYPI_LISTEN"] = f"unix:{self.data.with_name('socket')}"
        return super().popen(words, **kw)

    def get(self, path, accept="*/*"):
        answer = self.front.ask(path, Accept=accept)
        if answer.status == 502:
            raise urllib.error.URLError("not yet")
        return answer.body


def test_nginx_reaches_it_at_a_unix_socket_and_is_believed_there(tmp_path):
    port = free_port()
    socket = {f"127.0.0.1:{port}": f"unix:{tmp_path}/socket", "= 127.0.0.1": "= unix"}
    with nginx(tmp_path, tmp_path / "var", ports=(port,), changed=socket) as front:
        server = AtSocket(tmp_path / "var", port, front.conf, told=QUICK)
        server.front = front
        with server:
            assert publish(front, SIX, SIX_WHEEL).status == 200
            assert front.ask(FILE).body == SIX_WHEEL
            keeper = Keeper(server.data, options=f"-c {server.ini} --set data={server.data} -q")
            entries = keeper("--json log -i stable").json["entries"]

    assert {entry["address"] for entry in entries} == {"127.0.0.1"}
