"""mypi behind Debian's Apache, and inside it, with the files that ``mypi config gen`` makes."""

import getpass
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from mypi.cli.generating import Place, made
from tests.engines import TEMPORARY
from tests.factories import wheel
from tests.fronts import Behind, Front, apache, apache_conf
from tests.posting import form, upload, upload_fields
from tests.serving import ROOT, free_port, wait_for

MODULES = Path("/usr/lib/apache2/modules")
APACHE = shutil.which("apache2", path=f"{os.environ['PATH']}:/usr/sbin")
SIX, SIX_WHEEL = wheel("six", "1.0", files={"data": os.urandom(2_000_000)})
AS_ROOT = "www-data"
FILE = f"/packages/stable/six/{SIX}"

pytestmark = pytest.mark.skipif(not APACHE, reason="Apache is not installed")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that Apache's user may enter, which those of pytest are not."""
    with tempfile.TemporaryDirectory(prefix="apache-", dir=TEMPORARY) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="module", params=["", "/mypi"], ids=["at the root", "at a prefix"])
def front(request: pytest.FixtureRequest, folder: Path) -> Iterator[Front]:
    """Apache, and an open mypi behind it; six is published."""
    if not (MODULES / "mod_xsendfile.so").exists():
        pytest.skip("mod_xsendfile is not installed")
    folder = folder / f"at{request.param.replace('/', '-')}"
    folder.mkdir()
    port = free_port()
    told = {"server:main": "stop_idle = 0"}
    with (
        apache(folder, folder / "var", prefix=request.param, ports=(port,)) as front,
        Behind(folder / "var", port, front.conf, told=told),
    ):
        body, kind = form(upload_fields(SIX_WHEEL), SIX, SIX_WHEEL)
        assert front.ask("/", "POST", body, Content_Type=kind).status == 200
        yield front


def test_pages_say_the_address_that_people_use(front):
    setup = front.ask("/+setup", Accept="text/html")
    page = front.ask("/+incubator/simple/six/", Accept="text/html")
    moved = front.ask("/simple/six")

    assert front.url in setup.text
    assert SIX in page.text
    assert (moved.status, moved.headers["location"]) == (301, f"{front.prefix}/simple/six/")


def test_an_archive_is_sent_by_apache_with_the_headers_of_mypi(front):
    answer = front.ask(FILE)
    part = front.ask(FILE, Range="bytes=10-19")

    assert answer.body == SIX_WHEEL
    assert (part.status, part.body) == (206, SIX_WHEEL[10:20])
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "x-sendfile" not in answer.headers
    assert front.ask(FILE, If_None_Match=answer.headers["etag"]).status == 304


def test_what_is_encoded_stays_so(front):
    assert front.ask("/simple/a%2Fb/").status == 404
    assert front.ask("/%2Bstable/simple/six/", Accept="text/html").status == 200


def test_headers_that_a_client_makes_up_are_not_believed(front):
    made_up = {"X_Forwarded_Host": "evil.example", "X_Forwarded_Proto": "ftp", "X_Sendfile": "/x"}

    assert "evil" not in front.ask("/+setup", Accept="text/html", **made_up).text


@pytest.mark.parametrize("ports", [(6543,), (6543, 6544)], ids=["one", "two"])
def test_apache_understands_the_file(tmp_path, ports):
    front = Front("apache", tmp_path, tmp_path / "var", prefix="/mypi", ports=ports)

    done = subprocess.run(
        [APACHE, "-t", "-f", apache_conf(front)], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "Syntax OK\n")


def test_mypi_inside_apache(folder):
    folder = folder / "inside"
    folder.mkdir()
    if not (MODULES / "mod_wsgi.so").exists():
        pytest.skip("mod_wsgi is not installed")
    if f"libpython{sys.version_info[0]}.{sys.version_info[1]}." not in linked():
        pytest.skip("mod_wsgi is of another Python version")
    port = free_port()
    ini = folder / "production.ini"
    shutil.copy(ROOT / "production.ini", ini)
    is_root = os.geteuid() == 0  # whom mod_wsgi does not take
    place = Place(
        ini,
        url="http://localhost/mypi",
        prefix="/mypi",
        data=folder / "var",
        user=AS_ROOT if is_root else getpass.getuser(),
    )
    texts = made("wsgi", place)
    if is_root:
        place.data.mkdir()
        shutil.chown(place.data, AS_ROOT, AS_ROOT)
        # The Python of these tests may lie where nobody else can enter; Debian's does as well.
        packages = sysconfig.get_path("purelib")
        texts["apache-wsgi.conf"] = texts["apache-wsgi.conf"].replace(
            f"python-home={sys.prefix}", f"python-path={packages}:{ROOT}"
        )
    (folder / "mypi.wsgi").write_text(texts["mypi.wsgi"])
    load = "\n".join(
        f"LoadModule {name}_module {MODULES}/mod_{name}.so"
        for name in ("mpm_event", "authz_core", "wsgi")
    )
    user = "User www-data\nGroup www-data\n" if os.geteuid() == 0 else ""
    conf = folder / "apache.conf"
    log = folder / "apache.log"
    conf.write_text(
        f"{load}\n{user}ServerRoot {folder}\nDefaultRuntimeDir {folder}\nErrorLog {log}\n"
        f"PidFile {folder}/apache.pid\nListen 127.0.0.1:{port}\nServerName 127.0.0.1\n"
        f"WSGISocketPrefix {folder}/wsgi\n{texts['apache-wsgi.conf']}"
    )
    # Another user's server cannot write to what the servers of these tests share.
    env = {name: text for name, text in os.environ.items() if name != "CHAMELEON_CACHE"}
    process = subprocess.Popen([APACHE, "-f", conf, "-D", "FOREGROUND"], env=env)
    try:
        wait_for(port, process)
        url = f"http://127.0.0.1:{port}/mypi"

        answer = upload(f"{url}/", SIX, SIX_WHEEL)

        assert answer.status == 200, (answer, log.read_text())
        with urllib.request.urlopen(url + FILE, timeout=60) as file:
            assert file.read() == SIX_WHEEL
        with urllib.request.urlopen(f"{url}/+setup", timeout=60) as page:
            assert "/mypi/" in page.read().decode()
    finally:
        process.terminate()
        assert process.wait(60) == 0


def linked() -> str:
    """What mod_wsgi is linked with."""
    return subprocess.run(
        ["ldd", MODULES / "mod_wsgi.so"], capture_output=True, text=True, check=False
    ).stdout
