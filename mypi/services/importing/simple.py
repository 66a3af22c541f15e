"""Any index that speaks the simple API: another mypi, or one like the public one.

JSON (PEP 691) where it is offered, which has sizes and times (PEP 700); HTML (PEP 503) else.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any, BinaryIO
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import httpx

from mypi.errors import MypiError, Refused
from mypi.names import is_project_name, normalise
from mypi.services.importing.pages import Page, read_html
from mypi.services.importing.source import ARCHIVES, Entry

ACCEPT = (
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, "
    "text/html;q=0.1"
)
PROVENANCE = "application/vnd.pypi.integrity.v1+json, application/json;q=0.5"
LARGEST_PAGE = 256 * 2**20
LARGEST_PROVENANCE = 2**22
BLOCK = 2**18


class Simple:
    """The index at ``url``; only the ``projects`` named, or all of them."""

    def __init__(self, url: str, projects: Sequence[str] = ()) -> None:
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise Refused(
                f"{url[:200]}: an address such as https://index.example/simple/ is wanted."
            )
        self.url = url.rstrip("/") + "/"
        self.projects = [normalise(name) for name in projects]
        self._host = urlsplit(self.url).netloc.rpartition("@")
        self._http = httpx.Client(follow_redirects=True, timeout=httpx.Timeout(60, connect=10))

    def describe(self) -> str:
        """The address, without a password."""
        parts = urlsplit(self.url)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

    def count(self) -> int | None:
        """Nobody knows before all pages are read."""
        return None

    def entries(self) -> Iterator[Entry]:
        """The files, project by project."""
        for name in self.projects or self._all():
            page = self._page(urljoin(self.url, f"{name}/"))
            for file in page.files:
                entry = self._entry(page.url, file)
                if entry.filename.endswith(ARCHIVES):
                    yield entry

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def _all(self) -> list[str]:
        names = (normalise(name) for name in self._page(self.url).projects)
        return [name for name in dict.fromkeys(names) if is_project_name(name)]

    def _page(self, url: str) -> Page:
        try:
            with self._get(url, ACCEPT) as answer:
                if answer.status_code != 200:
                    raise Refused(f"{self.describe()}: {url} answered {answer.status_code}.")
                body = b"".join(_at_most(answer, LARGEST_PAGE))
        except httpx.HTTPError as error:
            raise Refused(f"{self.describe()} does not answer: {error}.") from None
        kind = answer.headers.get("Content-Type", "").partition(";")[0]
        try:
            return read(body, kind.endswith("json"), str(answer.url))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Refused(f"{url} is not a page of the simple API.") from None

    def _entry(self, base: str, file: dict[str, Any]) -> Entry:
        url, fragment = urldefrag(urljoin(base, str(file["url"])))
        hashes = file.get("hashes") or {}
        if fragment.startswith("sha256="):
            hashes = {"sha256": fragment.removeprefix("sha256="), **hashes}
        filename = str(file.get("filename") or unquote(urlsplit(url).path.rpartition("/")[2]))
        yanked = file.get("yanked", False)
        sha256 = str(hashes.get("sha256", "")).lower()
        provenance = str(file.get("provenance") or "")
        return Entry(
            filename,
            lambda: self._fetched(url, sha256),
            int(file.get("size") or 0),
            sha256,
            _time(file.get("upload-time")),
            None if yanked is False or yanked is None else "" if yanked is True else str(yanked),
            attestations=lambda: self._signed(urljoin(base, provenance)) if provenance else "",
        )

    def _get(self, url: str, accept: str = "*/*") -> AbstractContextManager[httpx.Response]:
        """Ask for ``url``, with the login of the index if it is there and has none of its own."""
        parts = urlsplit(url)
        login, at, host = self._host
        if at and parts.netloc == host and parts.scheme == urlsplit(self.url).scheme:
            url = parts._replace(netloc=f"{login}@{host}").geturl()
        return self._http.stream("GET", url, headers={"Accept": accept})

    def _signed(self, url: str) -> str:
        """The attestations in the provenance at ``url`` (PEP 740); raises OSError."""
        try:
            with self._get(url, PROVENANCE) as answer:
                if answer.status_code != 200:
                    raise OSError(f"{url} answered {answer.status_code}")
                said = json.loads(b"".join(_at_most(answer, LARGEST_PROVENANCE)))
            bundles = said["attestation_bundles"]
            return json.dumps([each for bundle in bundles for each in bundle["attestations"]])
        except (httpx.HTTPError, MypiError) as error:
            raise OSError(f"{url}: {error}") from None
        except (ValueError, KeyError, TypeError, RecursionError):
            raise OSError(f"{url} is no provenance") from None

    @contextmanager
    def _fetched(self, url: str, sha256: str) -> Iterator[BinaryIO]:
        """The bytes at ``url``, whole; raises OSError."""
        with tempfile.TemporaryFile() as file:
            hashed = hashlib.sha256()
            try:
                with self._get(url) as answer:
                    if answer.status_code != 200:
                        raise OSError(f"{url} answered {answer.status_code}")
                    for block in answer.iter_bytes(BLOCK):
                        hashed.update(block)
                        file.write(block)
            except httpx.HTTPError as error:
                raise OSError(f"{url}: {error}") from None
            if sha256 and hashed.hexdigest() != sha256:
                raise OSError(f"{url}: its SHA-256 is not the one its index names")
            file.seek(0)
            yield file


def read(body: bytes, is_json: bool, url: str) -> Page:
    """A page of the index; raises ValueError and the like when it is none."""
    if not is_json:
        return read_html(body.decode("utf-8", "replace"), url)
    import orjson

    said = orjson.loads(body)
    return Page(
        url,
        [str(it["name"]) for it in said.get("projects", ())],
        [it for it in said.get("files", ()) if isinstance(it, dict)],
    )


def _at_most(answer: httpx.Response, limit: int) -> Iterator[bytes]:
    seen = 0
    for block in answer.iter_bytes(BLOCK):
        seen += len(block)
        if seen > limit:
            raise Refused(f"{answer.url}: a page of more than {limit >> 20} MiB is not read.")
        yield block


def _time(text: Any) -> float | None:
    try:
        return datetime.fromisoformat(str(text)).timestamp() if text else None
    except ValueError:
        return None
