"""How often the server complains."""

from mypi.server.listener import Complaints


def test_a_flood_of_errors_is_one_line_in_ten_seconds_with_their_number():
    complaints = Complaints(every=10)

    said = [complaints.count(now) for now in (0, 1, 2, 9.9, 10, 11, 25)]

    assert said == [1, 0, 0, 0, 4, 0, 2]
