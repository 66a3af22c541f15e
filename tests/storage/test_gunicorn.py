"""mypi in gunicorn, with the file that ``mypi config gen wsgi`` makes."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mypi.cli.generating import Place, made
from tests.engines import ENGINES
from tests.factories import wheel
from tests.posting import form, post, upload, upload_fields
from tests.serving import ROOT, free_port, wait_for, with_uri

SIX, SIX_WHEEL = wheel("six", "1.0", files={"data": os.urandom(3_000_000)})
GUNICORN = str(Path(sys.executable).with_name("gunicorn"))


def configured(folder: Path, ports: tuple[int, ...], uri: str = "", prefix: str = "") -> Path:
    """gunicorn's file, beside mypi's ini file."""
    ini = folder / "production.ini"
    text = (ROOT / "production.ini").read_text()
    ini.write_text(with_uri(text, uri) if uri else text)
    if prefix:
        ini.write_text(
            ini.read_text().replace("[server:main]\n", f"[server:main]\nurl_prefix={prefix}\n")
        )
    place = Place(ini, url="http://localhost", data=folder / "var", ports=ports)
    conf = folder / "gunicorn.conf.py"
    conf.write_text(made("wsgi", place)[conf.name])
    return conf


@contextmanager
def gunicorn(conf: Path, port: int, *words: str) -> Iterator[str]:
    """It runs; the address of the index."""
    log = conf.with_name("gunicorn.log")
    with log.open("ab") as opened:
        process = subprocess.Popen(
            [GUNICORN, "-c", conf, *words, "mypi.wsgi"],
            cwd=conf.parent, stdout=opened, stderr=opened,
        )  # fmt: skip
    try:
        wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        assert process.wait(60) == 0, log.read_text()


def get(url: str, **headers: str) -> bytes:
    request = urllib.request.Request(url, headers=headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


def test_publishing_and_reading(tmp_path):
    port = free_port()
    with gunicorn(configured(tmp_path, (port,), prefix="/mypi"), port) as address:
        url = f"{address}/mypi"
        assert upload(f"{url}/", SIX, SIX_WHEEL).status == 200

        assert SIX.encode() in get(f"{url}/simple/six/", Accept="text/html")
        assert get(f"{url}/packages/stable/six/{SIX}") == SIX_WHEEL
        part = get(f"{url}/packages/stable/six/{SIX}", Range="bytes=0-3")
        assert part == SIX_WHEEL[:4]


def test_an_upload_that_is_too_large_is_told_the_limit(tmp_path):
    port = free_port()
    with gunicorn(configured(tmp_path, (port,)), port, "--env", "MYPI_MAX_UPLOAD=1 MiB") as url:
        refused = post(f"{url}/", *form(upload_fields(SIX_WHEEL), SIX, SIX_WHEEL))

    assert (refused.status, refused.text) == (
        413,
        "413 File too large: the limit here is 1.0 MiB (setting mypi.max_upload)\n",
    )


def test_several_workers_on_one_database(tmp_path):
    port = free_port()
    with ENGINES["zeo"](tmp_path / "var") as engine:
        conf = configured(tmp_path, (port, port), engine.uri)
        with gunicorn(conf, port) as url:
            for number in range(8):
                answer = upload(f"{url}/", *wheel("six", f"1.{number}"))
                log = conf.with_name("gunicorn.log").read_text()
                assert answer.status == 200, (answer, log)
                page = get(f"{url}/simple/six/", Accept="text/html").decode()
                assert page.count("<a ") == number + 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--env", "MYPI_MAX_UPLOAD=lots"), "mypi.max_upload = lots"),
        (("--env", "MYPI_CONFIG=none.ini"), "none.ini; set MYPI_CONFIG to the ini file"),
    ],
    ids=["setting", "ini"],
)
def test_it_ends_with_a_sentence_when_it_cannot_start(tmp_path, words, told):
    conf = configured(tmp_path, (free_port(),))

    done = subprocess.run(
        [GUNICORN, "-c", conf, *words, "mypi.wsgi"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60,
    )  # fmt: skip

    assert done.returncode == 3
    assert told in done.stdout
