"""What is sent without a copy of it."""

import io

from waitress.buffers import ReadOnlyFileBasedBuffer

from mypi.server.sending import Piece, SentFile, Whole, file_wrapper

BODY = b"0123456789" * 10


def test_a_body_is_sent_from_where_it_is():
    whole = Whole(BODY)

    assert whole.get(30).obj is BODY
    assert bytes(whole.get(30)) == BODY[:30]
    whole.skip(25)
    assert bytes(whole.get(30)) == BODY[25:55]
    assert bytes(whole.get()) == BODY[25:]
    assert len(whole) == 75


def test_what_is_not_sent_of_a_body_is_let_go():
    whole = Whole(BODY)
    whole.close()

    assert len(whole) == 0


def test_a_file_is_sent_piece_by_piece_as_far_as_its_length_says(tmp_path):
    (tmp_path / "file").write_bytes(BODY)
    with (tmp_path / "file").open("rb") as file:
        file.seek(5)
        sent = file_wrapper(file)
        sent.prepare(50)
        handle = file.fileno()

        assert sent.get(30) == Piece(handle, 5, 30)
        sent.skip(20)
        assert sent.get(40) == Piece(handle, 25, 30)
        assert sent.get() == Piece(handle, 25, 30)
        assert type(sent) is SentFile


def test_what_only_looks_like_a_file_is_read():
    assert type(file_wrapper(io.BytesIO(BODY))) is ReadOnlyFileBasedBuffer
