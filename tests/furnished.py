"""An index that has one of everything: what an export has to tell, and an import to bring back."""

import json
from pathlib import Path

from webtest import TestApp

from mypi.model import Index
from tests.applications import application
from tests.commandline import Keeper
from tests.factories import sdist, wheel, zipped
from tests.inside import send, site
from tests.people import add_token, add_users, set_policy
from tests.wire import fields_of, requests_upload, upload_docs

ATTESTED = Path(__file__).parent / "functional" / "attested"
GITHUB = "pypi_attestations-0.0.19.tar.gz"
DOWNLOADED = "six-1.0-py3-none-any.whl"
SIGNATURE = b"-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n"
DOCS = zipped({"index.html": b"<h1>six</h1>\n", "more/page.html": b"<p>more\n"})


def furnish(keeper: Keeper) -> str:
    """Put one of everything into the keeper's index; returns the text of a token of ann."""
    for name in ("attic", "gone", "private"):
        keeper(f"index create {name}")
    token = _upload(keeper)
    for line in (
        "yank six==1.0 --reason 'eats <data> & more: \u00e4'",
        "promote six==2.0rc1 incubator stable --note 'all tests pass'",
        "promote six==3.0 incubator stable",
        "delete demo==1.0 --reason wrong --yes",
        "delete two==2.0/two-2.0-py3-none-any.whl --yes",
        "delete old --yes",
        "status six deprecated --reason 'use seven'",
        "index delete attic --yes",
        "index delete gone --yes",
        "webhook add https://hooks.example/all",
        "webhook add https://hooks.example/one -i incubator --event publish",
    ):
        keeper(line)
    _undo_and_purge(keeper)
    return token


def _upload(keeper: Keeper) -> str:
    wsgi = application(dict(keeper.settings))
    app = TestApp(wsgi, extra_environ={"mypi.operator": True})
    try:
        add_users(wsgi, "ann", "bob", team=("ann", "bob"))
        set_policy(wsgi, "private", grants={"read": ("@team",), "upload": ("ann",)})
        set_policy(wsgi, "stable", ownership=True, description="The good ones.")
        for index, archives in ARCHIVES.items():
            for archive in archives:
                _send(app, f"/+{index}/", requests_upload(fields_of(*archive)))
        signed = [*fields_of(*sdist("signed", "1.0")), ("gpg_signature", ("s.asc", SIGNATURE))]
        _send(app, "/", requests_upload(signed))
        _send(app, "/", requests_upload(attested()))
        for version in ("", "3.0"):
            docs = [(":action", "doc_upload"), ("name", "six"), ("version", version)]
            _send(app, "/+incubator/", upload_docs([*docs, ("content", ("six.zip", DOCS))]))
        for agent in ("pip/26.0", "uv/0.9.0"):
            app.get(f"/packages/stable/six/{DOWNLOADED}", headers={"User-Agent": agent})
        return add_token(wsgi, "ann")
    finally:
        wsgi.registry.background.run_once()
        wsgi.registry.database.close()


def _undo_and_purge(keeper: Keeper) -> None:
    promotions = keeper("--json promotions stable").json["promotions"]
    keeper(f"undo stable {promotions[0]['id']} --yes")
    wsgi = application(dict(keeper.settings))
    try:
        with site(wsgi) as it:
            (number,) = [number for number, each in it.trash.items() if each.what.name == "gone"]
            it.former[f"gone {number}"] = it.trash.pop(number).what.journal
            index: Index = it.indexes["stable"]
            index.project("two").owners = ("ann", "bob")  # type: ignore[union-attr]
    finally:
        wsgi.registry.database.close()


def attested() -> list:
    """The form of a file with real attestations."""
    content = (ATTESTED / GITHUB).read_bytes()
    sent = [
        json.loads((ATTESTED / f"{GITHUB}.{kind}.attestation").read_text())
        for kind in ("publish", "slsa")
    ]
    return [*fields_of(GITHUB, content), ("attestations", json.dumps(sent))]


def _send(app: TestApp, address: str, body: tuple[bytes, dict[str, str]]) -> None:
    answer = send(app, body, address)
    assert answer.status_int == 200, answer.status


ARCHIVES = {
    "incubator": [wheel("six", "2.0rc1"), wheel("six", "3.0"), sdist("six", "3.0"), wheel("wip")],
    "stable": [
        wheel("six", "1.0", summary="Two & three"),
        wheel("demo", "1.0"),
        wheel("demo", "1.1"),
        wheel("two", "2.0"),
        sdist("two", "2.0"),
        wheel("old", "0.1"),
    ],
    "private": [wheel("secret", "1.0")],
    "attic": [wheel("dusty", "1.0")],
}
