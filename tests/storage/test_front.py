"""nginx sends what is laid out, and never what is not so any more.

Who answered is seen by the ETag: nginx makes its own of time and size.
"""

import itertools
import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.commandline import Keeper
from tests.engines import ENGINES
from tests.factories import wheel
from tests.fronts import Answer, Behind, Front, nginx
from tests.posting import form, upload_fields
from tests.serving import free_port
from tests.waiting import until
from tests.wire import JSON

PIP = f"{JSON}, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01"
UV = f"{JSON}, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01"
PAGES = ("/simple/six/", "/six/", "/+stable/simple/six/", "/+stable/six/", "/+incubator/six/")
SIX = wheel("six", "1.0")
QUICK = {"server:main": "stop_idle = 0"}


class Site:
    """nginx and the mypis behind it, which share ``laid_out``."""

    def __init__(self, front: Front, servers: list[Behind], laid_out: Path) -> None:
        self.front = front
        self.servers = servers
        self.laid_out = laid_out
        ini = servers[0].ini
        self.keeper = Keeper(servers[0].data, options=f"-c {ini} --set data={servers[0].data} -q")

    def publish(self, archive: tuple[str, bytes], path: str = "/", at: str = "") -> Answer:
        """Publish it, through nginx or at another address."""
        filename, content = archive
        body, kind = form(upload_fields(content), filename, content)
        answer = self.front.ask(path, "POST", body, at=at, Content_Type=kind)
        assert answer.status == 200, answer.text
        return answer

    def files(self, page: str = "/simple/six/") -> list[str]:
        """The names of the files that the page lists."""
        answer = self.front.ask(page, Accept=PIP)
        return [it["filename"] for it in json.loads(answer.body)["files"]]

    def ask_twice(self, path: str, **headers: str) -> tuple[Answer, Answer]:
        """The answer of mypi, which lays it out, and that of nginx."""
        first, second = self.front.ask(path, **headers), self.front.ask(path, **headers)
        assert not by_nginx(first), path
        assert by_nginx(second), path
        return first, second


def by_nginx(answer: Answer) -> bool:
    return re.fullmatch(r'"[0-9a-f]+-[0-9a-f]+"', answer.headers.get("etag", "")) is not None


def begin(stack: ExitStack, folder: Path, prefix: str = "", uri: str = "", processes: int = 1):
    """A site that runs as long as ``stack`` is open."""
    ports = tuple(free_port() for _ in range(processes))
    laid_out = folder / "front"
    laid_out.mkdir()  # as mypi's first start makes it
    front = stack.enter_context(
        nginx(folder, folder / "var", prefix=prefix, ports=ports, laid_out=laid_out)
    )
    servers = [
        stack.enter_context(Behind(folder / "var", port, front.conf, uri=uri, told=QUICK))
        for port in ports
    ]
    return Site(front, servers, laid_out)


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Site]:
    """One mypi behind nginx."""
    with ExitStack() as stack:
        yield begin(stack, tmp_path)


@pytest.mark.parametrize("prefix", ["", "/mypi"], ids=["at the root", "at a prefix"])
def test_pages_in_every_form_and_archives_are_those_of_mypi(tmp_path, prefix):
    with ExitStack() as stack:
        there = begin(stack, tmp_path, prefix)
        there.publish(SIX)
        for path in PAGES:
            for accept in (PIP, "*/*"):
                if accept == PIP or path not in ("/+stable/simple/six/", "/+stable/six/"):
                    check_the_same(there, path, accept)
        check_the_same(there, f"/packages/stable/six/{SIX[0]}", "*/*")
        check_the_same(there, f"/packages/stable/six/{SIX[0]}.metadata", "*/*")


def check_the_same(there: Site, path: str, accept: str) -> None:
    """The body, and the headers that say what it is, are those of mypi."""
    first = there.front.ask(path, Accept=accept)
    second = there.front.ask(path, Accept=accept)

    assert by_nginx(second), path
    assert second.body == first.body
    for name in ("content-type", "cache-control", "content-security-policy"):
        assert second.headers[name] == first.headers[name], (path, name)
    assert second.headers["x-content-type-options"] == "nosniff"
    assert there.front.ask(path, If_None_Match=second.headers["etag"], Accept=accept).status == 304


def test_uv_asks_nginx_as_pip_does_and_gets_it_packed(there):
    for number in range(9):
        there.publish(wheel("six", f"1.{number}"))

    there.ask_twice("/simple/six/", Accept=UV, Accept_Encoding="gzip")
    packed = there.front.ask("/simple/six/", Accept=UV, Accept_Encoding="gzip")

    assert packed.headers["content-encoding"] == "gzip"
    assert len(packed.body) < len(there.front.ask("/simple/six/", Accept=UV).body) / 2


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"},
        {"Accept": f"text/html, {JSON};q=0.5"},
        {"Accept": f"{JSON};q=0.1, text/html"},
        {"Accept": PIP, "Authorization": "Basic YTpi"},
        {"Accept": PIP, "Cookie": "session=1"},
        {"Accept": PIP, "User-Agent": "bandersnatch/6.6.0"},
    ],
    ids=["browser", "prefers html", "json last", "login", "cookie", "mirror"],
)
def test_whoever_asks_in_another_way_is_answered_by_mypi(there, headers):
    there.publish(SIX)
    there.ask_twice("/six/", Accept=PIP)

    assert not by_nginx(there.front.ask("/six/", **headers))


def test_a_publication_is_in_its_own_answers_page(there):
    there.publish(SIX)
    for number in range(1, 5):
        there.files()
        assert by_nginx(there.front.ask("/simple/six/", Accept=PIP))
        there.publish(wheel("six", f"1.{number}"))

        assert len(there.files()) == number + 1
        assert len(there.files("/+incubator/six/")) == number + 1


def test_what_is_replaced_yanked_deleted_and_restored_is_so_at_once(there):
    there.publish(SIX)
    there.publish(wheel("six", "2.0"), "/+incubator/")
    page, file = "/+incubator/simple/six/", f"/packages/stable/six/{SIX[0]}"

    there.ask_twice(page, Accept=PIP)
    name, other = wheel("six", "2.0", files={"more.py": b"x = 1\n"})
    there.publish((name, other), "/+incubator/")
    assert there.front.ask(f"/packages/incubator/six/{name}").body == other
    assert not by_nginx(there.front.ask(f"/packages/incubator/six/{name}"))

    there.ask_twice("/simple/six/", Accept=PIP)
    there.keeper("yank six==1.0 --reason broken")
    assert json.loads(there.front.ask("/simple/six/", Accept=PIP).body)["files"][0]["yanked"]

    there.ask_twice(file)
    there.ask_twice("/six/", Accept=PIP)
    there.keeper("--yes delete six==1.0")
    assert there.front.ask(file).status == 404
    assert there.front.ask("/six/", Accept=PIP).status == 404 or there.files("/six/") == []


def test_what_is_promoted_is_there_at_once(there):
    there.publish(SIX)
    there.publish(wheel("six", "2.0"), "/+incubator/")
    there.ask_twice("/simple/six/", Accept=PIP)

    there.keeper("promote six==2.0 incubator stable")

    assert len(there.files()) == 2


def test_a_closed_index_is_closed_in_the_same_act(there):
    there.publish(SIX)
    file = f"/packages/stable/six/{SIX[0]}"
    for path in (file, "/simple/six/"):
        there.ask_twice(path)

    there.keeper("user add ada --password-stdin", typed="correct horse battery\n")
    there.keeper("index set stable --read ada")

    for path in (file, "/simple/six/", "/+incubator/six/"):
        assert there.front.ask(path).status in (401, 404), path
    assert list(there.laid_out.glob("pages/*/*/*")) == []


def test_reindex_throws_away_what_is_laid_out(there):
    there.publish(SIX)
    there.ask_twice("/simple/six/", Accept=PIP)

    there.keeper("reindex")

    assert list(there.laid_out.glob("pages/*/*/*")) == []


def test_a_server_that_was_killed_leaves_nothing_stale(there):
    """As if it had been killed between the commit and the taking away."""
    there.publish(SIX)
    there.ask_twice("/simple/six/", Accept=PIP)
    kept = {path: path.read_bytes() for path in there.laid_out.glob("pages/six/*/*")}
    there.publish(wheel("six", "1.1"))
    there.servers[0].kill()
    for path, body in kept.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    assert len(there.files()) == 1

    there.servers[0].start()

    assert len(there.files()) == 2


def test_while_mypi_is_away_nginx_goes_on(there):
    there.publish(SIX)
    there.ask_twice("/simple/six/", Accept=PIP)
    there.ask_twice(f"/packages/stable/six/{SIX[0]}")
    there.servers[0].stop()

    assert there.files() == [SIX[0]]
    assert there.front.ask(f"/packages/stable/six/{SIX[0]}").body == SIX[1]


def test_downloads_that_nginx_answers_are_counted(there):
    there.publish(SIX)
    file = f"/packages/stable/six/{SIX[0]}"
    there.ask_twice(file, User_Agent="pip/25.0 {}")
    for _ in range(3):
        assert by_nginx(there.front.ask(file, User_Agent="pip/25.0 {}"))
    assert there.front.ask(file, "HEAD").status == 200
    assert there.front.ask(file, Range="bytes=0-3").status == 206
    log = there.laid_out / "downloads.log"
    until(lambda: log.read_text().count("pip/25.0") == 4)

    there.servers[0].stop()  # writes what was counted

    assert there.keeper("--json stats six").json["total"] == 5


def test_two_servers_take_away_what_the_other_changed(tmp_path):
    with ExitStack() as stack:
        engine = stack.enter_context(ENGINES["zeo"](tmp_path / "var"))
        there = begin(stack, tmp_path, uri=engine.uri, processes=2)
        there.publish(SIX)
        # Each follows the other, and takes the page away once more a quarter of a second later.
        until(lambda: by_nginx(there.front.ask("/simple/six/", Accept=PIP)))
        for number, server in enumerate([*there.servers, *there.servers], 1):
            there.publish(wheel("six", f"2.{number}"), at=server.url)
            assert len(there.files()) == number + 1
            there.files()


def test_what_is_yanked_on_one_machine_is_so_on_the_other_while_much_is_published(tmp_path):
    """Each machine has a folder of its own, and the same database."""
    with ExitStack() as stack:
        engine = stack.enter_context(ENGINES["zeo"](tmp_path / "var"))
        here, there = (machine(stack, tmp_path, name, engine.uri) for name in ("one", "two"))
        here.publish(SIX)
        with publishing(there):
            until(lambda: by_nginx(there.front.ask("/six/", Accept=PIP)))
            here.keeper("yank six==1.0 --reason broken")
            until(lambda: b"broken" in there.front.ask("/six/", Accept=PIP).body)


def machine(stack: ExitStack, folder: Path, name: str, uri: str) -> Site:
    """One of several, with its nginx, its mypi and its folder."""
    own = folder / name
    laid_out = own / "front"
    laid_out.mkdir(parents=True)
    port, data = free_port(), folder / "var"
    front = stack.enter_context(nginx(own, data, ports=(port,), laid_out=laid_out))
    server = stack.enter_context(Behind(data, port, front.conf, uri=uri, told=QUICK))
    return Site(front, [server], laid_out)


@contextmanager
def publishing(site: Site) -> Iterator[None]:
    """Somebody publishes one project after the other there."""
    enough = threading.Event()

    def go_on() -> None:
        for number in itertools.count():
            if enough.is_set():
                return
            site.publish(wheel(f"other{number}", "1.0"))

    with ThreadPoolExecutor(2) as pool:
        done = pool.submit(go_on)
        try:
            yield
        finally:
            enough.set()
        done.result()


def test_another_default_index_needs_no_other_file_of_nginx(there):
    there.publish(SIX)
    there.publish(wheel("six", "2.0"), "/+incubator/")
    for path in ("/+stable/simple/six/", "/+stable/six/", "/simple/six/", "/six/"):
        there.ask_twice(path, Accept=PIP)
    server = there.servers[0]
    server.stop()
    server.ini.write_text(
        server.ini.read_text().replace(
            "[app:main]\n", "[app:main]\nmypi.default_index = incubator\n"
        )
    )
    server.start()

    assert there.files("/+stable/six/") == there.files("/+stable/simple/six/") == [SIX[0]]
    for path in ("/simple/six/", "/six/"):
        there.ask_twice(path, Accept=PIP)
        assert there.files(path) == ["six-2.0-py3-none-any.whl"], path
