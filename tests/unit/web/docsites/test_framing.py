"""A deflated member in a gzip frame, with and without something in front."""

import gzip
import random
import zlib

import pytest

from mypi.model.docs import Page
from mypi.web.docsites.framing import gzipped, gzipped_size

RANDOM = random.Random(7)


@pytest.mark.parametrize("front", [b"", b"x", b"<!DOCTYPE html>" * 20, bytes(65_535)])
@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 300_000])
@pytest.mark.parametrize("level", [0, 1, 9])
def test_every_reader_of_gzip_reads_both(front, size, level):
    content = RANDOM.randbytes(size // 2) + b"a" * (size - size // 2)
    deflate = zlib.compressobj(level, wbits=-15)
    packed = deflate.compress(content) + deflate.flush()
    page = Page(0, len(packed), size, zlib.crc32(content), True)

    whole = b"".join(gzipped(front, [packed[:100], packed[100:]], page))

    assert gzip.decompress(whole) == front + content  # it checks length and checksum
    assert len(whole) == gzipped_size(front, page)
