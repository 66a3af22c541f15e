"""Real front servers on loopback with the files that ``mypi config gen`` makes, and mypi behind.

Of a generated file only that is changed which belongs to the machine: addresses and certificates.
What its comments say that the ini file has to say, the ini file says.
"""

import getpass
import http.client
import os
import re
import shutil
import ssl
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from mypi.cli.generating import Place, made
from tests.clients.tls import certificate
from tests.serving import ROOT, Server, free_port, wait_for, with_uri

HOST = "127.0.0.1"


class Behind(Server):
    """A mypi behind a front server; ``conf`` is that one's file, ``told`` more for the ini file."""

    def __init__(
        self, data: Path, port: int, conf: str, uri: str = "", told: dict[str, str] | None = None
    ) -> None:
        super().__init__(data, port)
        text = (ROOT / "production.ini").read_text()
        text = with_uri(text, uri) if uri else text
        for section, lines in [*said(conf).items(), *(told or {}).items()]:
            text = text.replace(f"[{section}]\n", f"[{section}]\n{lines}\n")
        self.ini = data.with_name(f"{data.name}-{port}.ini")
        self.ini.write_text(text)
        self.log = data.with_name(f"{data.name}-{port}.log")


def said(conf: str) -> dict[str, str]:
    """Section -> lines, as the comments of ``conf`` say that the ini file has to have them."""
    found: dict[str, str] = {}
    section = ""
    for line in conf.splitlines():
        if match := re.fullmatch(r"#   \[(\w+:\w+)\]", line):
            section = match[1]
        elif match := re.fullmatch(r"#   (\w[\w.]* = .+)", line):
            found[section] = found.get(section, "") + match[1] + "\n"
    return found


class Front:
    """A front server that speaks https on ``port``; ``url`` is the index there."""

    def __init__(
        self,
        kind: str,
        folder: Path,
        data: Path,
        *,
        prefix: str = "",
        ports: tuple[int, ...],
        laid_out: Path | None = None,
    ) -> None:
        self.folder = folder
        self.prefix = prefix
        self.port = free_port()
        self.plain_port = free_port()
        self.url = f"https://{HOST}:{self.port}{prefix}"
        self.pem = certificate(folder)
        self.log = folder / f"{kind}.log"
        place = Place(
            ini=folder / "production.ini",
            url=self.url,
            prefix=prefix,
            data=data,
            user=getpass.getuser(),
            ports=ports,
            front=laid_out,
        )
        self.conf = made(kind, place)[f"{kind}.conf"]

    @property
    def context(self) -> ssl.SSLContext:
        """What a client needs to trust it."""
        return ssl.create_default_context(cafile=str(self.pem))

    def ask(
        self,
        path: str,
        method: str = "GET",
        body: bytes | None = None,
        at: str = "",
        **headers: str,
    ) -> "Answer":
        """The answer to one request, whatever its status; ``at`` is another address of it."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        request = urllib.request.Request((at or self.url) + path, body, named, method=method)
        opener = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=self.context), Standing()
        )
        with opener.open(request, timeout=120) as answer:
            return Answer(answer.status, dict(answer.headers), answer.read())

    @contextmanager
    def connection(self) -> Iterator[http.client.HTTPSConnection]:
        """A connection to it."""
        connection = http.client.HTTPSConnection(HOST, self.port, timeout=120, context=self.context)
        try:
            yield connection
        finally:
            connection.close()

    @contextmanager
    def running(self, command: list[str]) -> Iterator["Front"]:
        """``command`` runs, and answers."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            try:
                wait_for(self.port, process)
            except AssertionError:
                raise AssertionError(self.log.read_text()) from None
            yield self
        finally:
            process.terminate()
            process.wait(60)


class Answer:
    """Status, headers (by lower-case name) and body."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status = status
        self.headers = {name.lower(): text for name, text in headers.items()}
        self.body = body

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


class Standing(urllib.request.HTTPErrorProcessor):
    """Answers are answers, also redirects and errors."""

    def http_response(self, request, response):
        return response

    https_response = http_response


def nginx_conf(front: Front) -> Path:
    """A whole configuration of nginx with the generated file in it."""
    conf = _placed(front, r"listen \[::\]:\d+.*;\n", "")
    conf = conf.replace("listen 80;", f"listen {HOST}:{front.plain_port};")
    conf = conf.replace("listen 443 ssl;", f"listen {HOST}:{front.port} ssl;")
    (front.folder / "mypi.conf").write_text(conf)
    user = f"user {getpass.getuser()};" if os.geteuid() == 0 else ""
    kept = "\n".join(
        f"{name}_temp_path {front.folder}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = front.folder / "nginx.conf"
    whole.write_text(
        f"daemon off;\n{user}\nworker_processes 1;\npid {front.folder}/nginx.pid;\n"
        f"error_log {front.log} warn;\nevents {{ worker_connections 512; }}\n"
        f"http {{\naccess_log off;\n{kept}\ninclude {front.folder}/mypi.conf;\n}}\n"
    )
    return whole


@contextmanager
def nginx(
    folder: Path,
    data: Path,
    *,
    prefix: str = "",
    ports: tuple[int, ...],
    changed: dict[str, str] | None = None,
    laid_out: Path | None = None,
) -> Iterator[Front]:
    """nginx before the mypis on ``ports``; ``changed`` is what somebody changed in its file.

    ``laid_out`` is ``mypi.front``.
    """
    front = Front("nginx", folder, data, prefix=prefix, ports=ports, laid_out=laid_out)
    for old, new in (changed or {}).items():
        assert old in front.conf
        front.conf = front.conf.replace(old, new)
    with nginx_running(front):
        yield front


def nginx_running(front: Front) -> AbstractContextManager[Front]:
    """nginx with the file that was generated for ``front``."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program, "nginx is not installed"
    return front.running([program, "-c", str(nginx_conf(front)), "-e", str(front.log)])


APACHE_MODULES = (
    "mpm_event authz_core ssl socache_shmcb headers alias proxy proxy_http proxy_balancer"
    " lbmethod_byrequests slotmem_shm"
)


def apache_conf(front: Front, *, modules: str = APACHE_MODULES, more: str = "") -> Path:
    """A whole configuration of Apache with the generated file in it."""
    found = next(Path("/usr/lib").glob("apache2/modules"), None)
    assert found, "Apache is not installed"
    load = [f"LoadModule {name}_module {found}/mod_{name}.so" for name in modules.split()]
    conf = _placed(front, r"<VirtualHost \*:443>", f"<VirtualHost {HOST}:{front.port}>")
    conf = conf.replace("<VirtualHost *:80>", f"<VirtualHost {HOST}:{front.plain_port}>")
    user = "User www-data\nGroup www-data\n" if os.geteuid() == 0 else ""
    whole = front.folder / "apache.conf"
    whole.write_text(
        "\n".join(load) + f"\nServerRoot {front.folder}\nPidFile {front.folder}/apache.pid\n{user}"
        f"DefaultRuntimeDir {front.folder}\nErrorLog {front.log}\nServerName {HOST}\n"
        f"Listen {HOST}:{front.port}\nListen {HOST}:{front.plain_port}\n{more}\n{conf}"
    )
    return whole


@contextmanager
def apache(
    folder: Path, data: Path, *, prefix: str = "", ports: tuple[int, ...], more: str = ""
) -> Iterator[Front]:
    """Apache before the mypis on ``ports``."""
    front = Front("apache", folder, data, prefix=prefix, ports=ports)
    program = shutil.which("apache2", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program, "Apache is not installed"
    modules = APACHE_MODULES + (" xsendfile" if xsendfile() else "")
    conf = apache_conf(front, modules=modules, more=more)
    with front.running([program, "-f", str(conf), "-D", "FOREGROUND"]):
        yield front


def xsendfile() -> bool:
    """Whether mod_xsendfile is installed."""
    return any(Path("/usr/lib/apache2/modules").glob("mod_xsendfile.so"))


def _placed(front: Front, pattern: str, instead: str) -> str:
    conf = re.sub(pattern, instead, front.conf)
    return re.sub(r"/etc/ssl/\S+?\.(crt|key)", str(front.pem), conf)
