"""The words in which the server refuses."""

import pytest

from mypi.server.refusals import disk_almost_full, human_size, too_large


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (1536, "1.5 KiB"),
        (2**20, "1.0 MiB"),
        (2**30, "1.0 GiB"),
        (5 * 2**40, "5.0 TiB"),
        (2**60, "1048576.0 TiB"),
    ],
)
def test_sizes_are_given_in_words(size, words):
    assert human_size(size) == words


def test_a_refusal_says_the_same_in_its_status_line_and_in_its_body():
    status, _, body = too_large(2**30, "mypi.max_upload").to_response()

    assert status == "413 File too large: the limit here is 1.0 GiB (setting mypi.max_upload)"
    assert body.decode() == status + "\n"


def test_a_full_disk_is_the_keepers_to_remedy():
    status, _, _ = disk_almost_full(2**20).to_response()

    assert status.startswith("507 Disk almost full: this upload needs 1.0 MiB free")
