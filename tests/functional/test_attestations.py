"""Attestations are taken with the file they are of, verified, and served (S-80 to S-84)."""

import base64
import json
import sys

import pytest
from webtest import TestApp

from mypi import make_app
from mypi.services import attestations, lifecycle, trash
from mypi.services.actor import Actor
from tests.factories import sdist, wheel
from tests.inside import actions, check_wording, index, refused, send
from tests.people import add_users, basic, set_policy
from tests.reading import BROWSER
from tests.signing import PUBLISH, SLSA, Signer
from tests.wire import fields_of, requests_upload

SIX = wheel("six", "1.0")
ADDRESS = f"/integrity/six/1.0/{SIX[0]}/provenance"
SIGNER = Signer()


@pytest.fixture
def settings(settings):
    return {**settings, "mypi.attestations": "any"}


def body(archive=SIX, signed=None, text=None):
    said = text if text is not None else json.dumps(signed)
    return requests_upload([*fields_of(*archive), ("attestations", said)])


def good(archive=SIX, **changes):
    return [SIGNER.attestation(*archive, **changes)]


def upload(app, archive=SIX, signed=None, root="/"):
    answer = send(app, body(archive, signed or good(archive)), root)
    assert answer.status_int == 200, answer.status
    return answer


def test_s80_what_was_sent_is_served(app):
    sent = good()
    upload(app, signed=sent)

    provenance = app.get(ADDRESS).json

    assert provenance["version"] == 1
    (bundle,) = provenance["attestation_bundles"]
    assert bundle["attestations"] == sent
    assert bundle["publisher"]["kind"] == "unverified", "nobody vouches for this certificate"
    assert bundle["publisher"]["claims"]["source-repository-uri"] == "https://github.com/team/six"
    assert set(bundle) == {"publisher", "attestations"}


def test_s80_what_one_publisher_signed_is_one_bundle(app):
    upload(app, signed=[*good(), *good(predicateType=SLSA)])

    (bundle,) = app.get(ADDRESS).json["attestation_bundles"]
    assert len(bundle["attestations"]) == 2


def test_s80_another_publishers_are_another_bundle(app):
    other = Signer({8: "https://gitlab.com", 12: "https://gitlab.com/team/six"})
    upload(app, signed=[*good(), other.attestation(*SIX)])

    assert len(app.get(ADDRESS).json["attestation_bundles"]) == 2


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("*/*", "application/vnd.pypi.integrity.v1+json"),
        ("application/json", "application/json"),
        ("application/vnd.pypi.integrity.v1+json", "application/vnd.pypi.integrity.v1+json"),
    ],
)
def test_s81_the_type_is_the_one_that_is_asked_for(app, accept, content_type):
    upload(app)

    answer = app.get(ADDRESS, headers={"Accept": accept})

    assert answer.content_type == content_type
    assert "Accept" in answer.headers["Vary"]


def test_s81_what_cannot_be_had_is_said_in_json(app):
    upload(app)

    assert "only" in app.get(ADDRESS, headers={"Accept": "text/html"}, status=406).json["message"]
    assert app.get(ADDRESS.replace("1.0/", "2.0/"), status=404).json["message"]
    assert app.get(ADDRESS + "/more", status=404)
    assert app.get("/integrity/six/1.0/", status=404).json["message"]
    send(app, requests_upload(fields_of(*sdist("six", "1.0"))))
    plain = app.get("/integrity/six/1.0/six-1.0.tar.gz/provenance", status=404)
    assert "has no attestations" in plain.json["message"]


def test_an_unchanged_provenance_is_not_sent_again(app):
    upload(app)
    tag = app.get(ADDRESS).headers["ETag"]

    app.get(ADDRESS, headers={"If-None-Match": tag}, status=304)


def test_the_link_says_that_there_is_one(app, wsgi):
    upload(app)

    with index(wsgi) as stable:
        (_name, link), *_ = stable.project("six").pages()
        assert link.attested


def changed(change, attestation=None):
    """An attestation after ``change`` has been done to its JSON."""
    sent = json.loads(json.dumps(attestation or good()[0]))
    change(sent)
    return [sent]


def statement(**said):
    return lambda sent: sent["envelope"].update(
        statement=base64.b64encode(json.dumps(said).encode()).decode()
    )


def spoilt(sent):
    """A statement that some readers read and others do not."""
    sent["envelope"]["statement"] = "!" + sent["envelope"]["statement"]


def other_signature(sent):
    other = Signer().attestation(*SIX)
    sent["envelope"]["signature"] = other["envelope"]["signature"]


HARM = {
    "another file": (good(wheel("attrs", "1.0")), "one is of the file"),
    "other bytes": ([SIGNER.attestation(SIX[0], b"other")], "of other bytes"),
    "another version": ([SIGNER.attestation("six-2.0-py3-none-any.whl", SIX[1])], "of the file"),
    "two subjects": (good(subject=[{}, {}]), "exactly one subject"),
    "no subject": (good(subject=[]), "exactly one subject"),
    "subject of numbers": (good(subject=[{"name": 1, "digest": 2}]), "of the file"),
    "unknown kind": (good(predicateType="https://evil.example/v1"), "is unknown"),
    "kind of numbers": (good(predicateType=7), "is unknown"),
    "kind of lists": (good(predicateType=[]), "is unknown"),
    "another type": (good(_type="https://in-toto.io/Statement/v0.1"), "not of the type"),
    "not quite base64": (changed(spoilt), "not JSON in base64"),
    "twice the same": ([*good(), *good()], "two of the kind"),
    "forged statement": (changed(statement(subject=[])), "not of the type"),
    "another's signature": (changed(other_signature), "not that of its certificate"),
    "no envelope": (changed(lambda sent: sent.pop("envelope")), "not as PEP 740"),
    "no certificate": (
        changed(lambda sent: sent["verification_material"].update(certificate="AAAA")),
        "cannot be read",
    ),
    "no log entry": (
        changed(lambda sent: sent["verification_material"].update(transparency_entries=[])),
        "not as PEP 740",
    ),
    "too many": ([{}] * 1_000, "at most"),
    "no objects": ([1, 2], "array of objects"),
    "an object": ({"a": 1}, "array of objects"),
}


@pytest.mark.parametrize("harm", HARM)
def test_s82_what_does_not_match_is_refused_and_leaves_nothing(app, wsgi, data, harm):
    signed, words = HARM[harm]

    answer = refused(app, wsgi, data, body(signed=signed))

    assert answer.status_int == 400
    assert words in answer.text


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[" * 100_000,
        '[{"a":' + "[" * 300 + "]" * 300 + "}]",
        "x" * 600_000,
        '"text"',
        "[[]]",
        "null",
        '[{"a": "\\ud800"}]',
        '[{"a": NaN}]',
    ],
    ids="cut nested deep huge text list null surrogate nan".split(),
)
def test_s82_what_is_no_list_is_refused(app, wsgi, data, text):
    check_wording(refused(app, wsgi, data, body(text=text)), 400, "attestations: ")


@pytest.mark.parametrize("text", ["", "[]"])
def test_none_is_none(app, text):
    assert send(app, body(text=text)).status_int == 200
    app.get(ADDRESS, status=404)


def test_a_signer_that_sigstore_does_not_know_is_refused_unless_any_may_sign(tmp_path):
    wsgi = make_app({"mypi.data": str(tmp_path), "mypi.min_free": "0"})
    app = TestApp(wsgi)

    answer = send(app, body(signed=good()))

    check_wording(answer, 400, "the signer cannot be verified")
    app.get("/simple/six/", status=404)
    wsgi.registry.database.close()


def test_without_the_library_nothing_is_pretended(app, wsgi, data, monkeypatch):
    monkeypatch.setitem(sys.modules, "pypi_attestations", None)

    answer = refused(app, wsgi, data, body(signed=good()))

    check_wording(answer, 400, "mypi[attestations]")
    assert send(app, requests_upload(fields_of(*SIX))).status_int == 200


def test_attestations_of_bytes_that_are_here_are_added_once(app, wsgi):
    send(app, requests_upload(fields_of(*SIX)))
    assert "its attestations were added" in upload(app).text
    assert app.get(ADDRESS).json["attestation_bundles"]
    before = len(actions(wsgi))
    assert "nothing changed" in upload(app, signed=[Signer().attestation(*SIX)]).text

    assert len(actions(wsgi)) == before
    assert actions(wsgi)[-1] == f"add attestations {SIX[0]}"


def test_they_travel_with_a_promotion_and_are_seen_through_bases(app):
    upload(app, root="/+incubator/")
    app.get(ADDRESS, status=404)
    app.post_json(
        "/+api/v1/indexes/stable/promotions",
        {"from": "incubator", "releases": ["six==1.0"]},
        extra_environ={"mypi.operator": True},
    )

    assert app.get(ADDRESS).json == app.get("/+incubator" + ADDRESS).json


def test_they_go_to_the_trash_with_their_file_and_come_back(app, wsgi):
    upload(app)
    kept = app.get(ADDRESS).json
    with index(wsgi) as stable:
        trashed = trash.delete(stable, "six", Actor("ada", 1.0), version="1.0")
    app.get(ADDRESS, status=404)

    with index(wsgi) as stable:
        trash.restore(stable, trashed.id, Actor("ada", 2.0))
    assert app.get(ADDRESS).json == kept
    with index(wsgi) as stable:
        assert all(link.attested for _name, link in stable.project("six").pages())


def test_a_yanked_file_keeps_them(app, wsgi):
    upload(app)
    with index(wsgi) as stable:
        lifecycle.yank(stable, "six", "1.0", "bad", Actor("ada", 1.0))

    assert app.get(ADDRESS).json["attestation_bundles"]


def test_a_certificate_that_says_a_thing_twice_says_nothing(app):
    twice = Signer({8: "https://gitlab.com", 9: "https://gitlab.com"})
    arc = b"\x2b\x06\x01\x04\x01\x83\xbf\x30\x01"
    assert twice.certificate.count(arc) == 2
    twice.certificate = twice.certificate.replace(arc + b"\x09", arc + b"\x08")
    upload(app, signed=[twice.attestation(*SIX)])

    (bundle,) = app.get(ADDRESS).json["attestation_bundles"]
    assert bundle["publisher"] == {"kind": "unverified", "claims": {}}


def test_those_of_a_private_index_are_private(app, wsgi):
    upload(app)
    add_users(wsgi, "root", "ada")
    set_policy(wsgi, "stable", grants={"read": ("ada",)})

    app.get(ADDRESS, status=401)
    app.get(ADDRESS, headers=basic("ada"))


def test_people_are_told_what_was_not_verified(app, wsgi):
    upload(app)
    with index(wsgi) as stable:
        (told,) = attestations.told(stable.project("six").file(SIX[0]))

    assert told.publisher == "GitHub team/six"
    assert told.predicate == "published by"
    assert told.claims["source-repository-uri"] == "https://github.com/team/six"
    assert told.doubt
    assert PUBLISH in attestations.PREDICATES


def test_the_page_about_the_file_tells_who_signed_and_what_was_not_verified(app):
    upload(app)

    page = app.get(f"/six/1.0/{SIX[0]}", headers={"Accept": BROWSER})

    assert "GitHub team/six" in page.text
    assert "The signer was not verified" in page.text
    assert "https://github.com/team/six" in page.text


def test_what_a_certificate_claims_is_text_on_the_page(app):
    signer = Signer({8: "<script>alert(1)</script>", 12: "javascript:alert(2)//<b>"})
    upload(app, signed=[signer.attestation(*SIX)])

    page = app.get(f"/six/1.0/{SIX[0]}", headers={"Accept": BROWSER})

    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    assert page.html.select('a[href^="javascript"]') == []
