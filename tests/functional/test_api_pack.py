"""What the site says of itself, and that packing gives the disk back."""

import os
from importlib.metadata import version

import pytest

from tests.api import ROOT, Api
from tests.factories import wheel
from tests.inside import files
from tests.reading import publish

BIG = 2**20


def disk_use(folder):
    """Bytes below ``folder``, as ``du`` counts them."""
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*"))


def test_the_site_says_what_it_is(app):
    said = Api(app).get("/")

    assert (said["name"], said["version"], said["open"]) == ("mypi", version("mypi"), True)
    assert said["links"]["indexes"] == f"{ROOT}/indexes"
    for link in said["links"].values():
        assert app.get(link, status="*").status_int in (200, 403)


@pytest.mark.on_files
def test_packing_gives_the_disk_back_what_was_deleted(app, data, operator):
    publish(app, wheel("kept", "1.0", files={"data": os.urandom(BIG)}))
    publish(app, wheel("gone", "1.0", files={"data": os.urandom(3 * BIG)}))
    operator.delete("/indexes/stable/projects/gone")
    freed = operator.delete("/indexes/stable/trash", everything="true")["freed"]
    before = disk_use(data)

    packed = operator.post("/pack")

    assert freed >= 3 * BIG
    assert before - disk_use(data) >= freed
    assert packed["before"] - packed["after"] >= freed
    assert list(files(app, "kept")) == [wheel("kept", "1.0")[0]]
    assert list(data.rglob("*.old")) == []


def test_what_is_in_the_trash_survives_packing(app, operator):
    publish(app, wheel("six", "1.0"))
    number = operator.delete("/indexes/stable/projects/six")["id"]
    operator.post("/pack")

    operator.post(f"/indexes/stable/trash/{number}/restore")

    filename = wheel("six", "1.0")[0]
    assert app.get(f"/packages/stable/six/{filename}").body == wheel("six", "1.0")[1]


@pytest.mark.on_files
def test_an_archive_that_two_indexes_share_goes_with_the_last(app, data, operator):
    publish(app, wheel("six", "1.0"), root="/+incubator/")
    operator.post("/indexes/stable/promotions", {"from": "incubator", "releases": ["six"]})
    operator.delete("/indexes/incubator/projects/six")
    operator.delete("/indexes/incubator/trash", everything="true")
    operator.post("/pack")

    filename = wheel("six", "1.0")[0]
    assert app.get(f"/packages/stable/six/{filename}").body == wheel("six", "1.0")[1]

    operator.delete("/indexes/stable/projects/six")
    operator.delete("/indexes/stable/trash", everything="true")
    operator.post("/pack")

    assert list((data / "blobs").rglob("*.blob")) == []


def test_publishing_goes_on_after_packing(app, operator):
    publish(app, wheel("six", "1.0"))
    operator.post("/pack")

    publish(app, wheel("six", "1.1"))

    assert len(files(app, "six")) == 2


def test_packing_is_for_administrators(app):
    Api(app).post("/pack", status=403)


@pytest.mark.on_files
def test_what_went_some_days_ago_alone_is_packed_when_days_are_told(app, data, operator):
    publish(app, wheel("gone", "1.0", files={"data": os.urandom(3 * BIG)}))
    operator.delete("/indexes/stable/projects/gone")
    operator.delete("/indexes/stable/trash", everything="true")
    before = disk_use(data)

    operator.post("/pack", {"days": 1})
    kept = disk_use(data)
    operator.post("/pack", {"days": 0})

    assert before - kept < BIG
    assert kept - disk_use(data) >= 3 * BIG
