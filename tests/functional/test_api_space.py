"""The API says what takes the room, to who looks after it."""

from tests.api import Api
from tests.factories import wheel
from tests.reading import publish


def test_the_whole_site(app, operator):
    name, content = wheel("six", "1.0")
    publish(app, (name, content))

    said = operator.get("/space")

    stable = next(it for it in said["indexes"] if it["name"] == "stable")
    assert (stable["projects"], stable["archives"], stable["trash"]) == (1, len(content), 0)
    assert said["database"] > 0
    assert said["free"] > 0


def test_the_projects_of_an_index_a_page_at_a_time(app, operator, monkeypatch):
    monkeypatch.setattr("mypi.web.api.space.SECONDS", -1)
    for number in range(2):
        publish(app, wheel(f"package-{number}", "1.0"))

    first = operator.get("/indexes/stable/space")
    second = operator.get("/indexes/stable/space", after=first["next"])
    third = operator.get("/indexes/stable/space", after=second["next"])

    assert [it["project"] for it in first["projects"] + second["projects"]] == [
        "package-0", "package-1",
    ]  # fmt: skip
    assert (third["projects"], third["next"]) == ([], "")


def test_only_keepers_are_told(app, operator):
    operator.post("/users", {"name": "ada", "password": "correct horse"}, status=201)

    Api(app).get("/space", status=401)
    Api(app).get("/indexes/stable/space", status=401)
