"""A real ``pserve production.ini`` on loopback, and what an outsider can see of it."""

import hashlib
import json
import urllib.request
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urljoin

from packaging.utils import parse_sdist_filename, parse_wheel_filename

from tests import serving
from tests.commandline import ended, typed
from tests.posting import upload
from tests.wire import JSON


class Server(serving.Server):
    """One running server; its ``url`` is the bare host, as a person would type it."""

    def mypi(self, *arguments: str, stdin: str = "") -> str:
        """What the command line beside it printed."""
        said = ended(typed(self.data, *arguments, ini=self.ini), stdin)
        assert said.code == 0, said.err
        return said.out

    def files(self, project: str, index: str = "") -> dict[str, dict]:
        """The project's files by name, from the JSON page of ``index`` ("+incubator", say)."""
        return {file["filename"]: file for file in self._page(project, index)["files"]}

    def digests(self, project: str, index: str = "") -> dict[str, str]:
        """sha256 by file name, of the bytes that are served; the page has to say the same."""
        files = self.files(project, index)
        served = {name: self._sha256(project, index, file["url"]) for name, file in files.items()}
        assert served == {name: file["hashes"]["sha256"] for name, file in files.items()}
        return served

    def publish(self, *archives: Path, index: str = "") -> None:
        """Publish with no client's help: the least of forms."""
        for archive in archives:
            target = f"{self.url}/{index}/" if index else f"{self.url}/"
            answer = upload(target, archive.name, archive.read_bytes(), **described(archive))
            assert answer.status == 200, answer

    def _sha256(self, project: str, index: str, link: str) -> str:
        with urllib.request.urlopen(urljoin(self._address(project, index), link)) as answer:
            return hashlib.sha256(answer.read()).hexdigest()

    def _address(self, project: str, index: str) -> str:
        return "/".join(part for part in (self.url, index, "simple", project) if part) + "/"

    def _page(self, project: str, index: str) -> dict:
        request = urllib.request.Request(self._address(project, index), headers={"Accept": JSON})
        try:
            with urllib.request.urlopen(request) as answer:
                return json.load(answer)
        except HTTPError as error:
            error.close()
            if error.code == 404:
                return {"files": []}
            raise


def sha256(archive: Path) -> str:
    """The digest of a local file."""
    return hashlib.sha256(archive.read_bytes()).hexdigest()


def digests_of(archives: list[Path]) -> dict[str, str]:
    """sha256 by file name, as :meth:`Server.digests` has them."""
    return {archive.name: sha256(archive) for archive in archives}


def name_and_version(archive: Path) -> tuple[str, str]:
    """As the file name says."""
    parse = parse_wheel_filename if archive.suffix == ".whl" else parse_sdist_filename
    name, version, *_ = parse(archive.name)
    return name, str(version)


def described(archive: Path) -> dict[str, str]:
    """What upload tools say of it."""
    name, version = name_and_version(archive)
    kind = ("bdist_wheel", "py3") if archive.suffix == ".whl" else ("sdist", "source")
    return {
        "metadata_version": "2.1",
        "name": name,
        "version": version,
        "filetype": kind[0],
        "pyversion": kind[1],
    }
