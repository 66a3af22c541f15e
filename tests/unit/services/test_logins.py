"""A user name and a password, or a token, become an identity."""

import threading

import pytest
from passlib.apache import htpasswd_context

from mypi.errors import NotLoggedIn, TooManyAttempts
from mypi.model import Site
from mypi.permissions import EVERYTHING, Scope
from mypi.services import tokens, users
from mypi.services.access import Identity
from mypi.services.actor import Actor
from mypi.services.htpasswd import Htpasswd
from mypi.services.logins import DEAD, REMEMBERED, SECONDS, WRONG, Logins
from mypi.services.throttle import FREE

PASSWORD = "correct horse"
NOW = 1_000.0
HERE, THERE = "192.0.2.1", "192.0.2.2"
ROOT = Actor("operator", NOW)


@pytest.fixture
def site() -> Site:
    """Ada, an admin, has a password; ci has none."""
    it = Site()
    users.add(it, "ada", PASSWORD, ROOT)
    users.add(it, "ci", None, ROOT, groups=["robots"])
    return it


@pytest.fixture
def logins() -> Logins:
    return Logins()


@pytest.fixture
def file(tmp_path):
    """``file(zoe="a password")``: write an htpasswd file of these users."""
    path = tmp_path / "htpasswd"
    quick = htpasswd_context.copy(default="bcrypt", bcrypt__rounds=4)

    def write(**passwords):
        new = tmp_path / "new"  # not in place: two writes may get the same time and size
        new.write_text("".join(f"{it}:{quick.hash(passwords[it])}\n" for it in passwords))
        new.replace(path)
        return Htpasswd(str(path))

    return write


def log_in(logins, site, name="ada", password=PASSWORD, now=NOW, address=HERE):
    return logins.identity(site, name, password, address, now)


def fails(logins, site, name="ada", password="wrong horse", now=NOW, address=HERE):
    """The words with which the login is refused."""
    with pytest.raises(NotLoggedIn) as caught:
        log_in(logins, site, name, password, now, address)
    return str(caught.value)


def token(site, user="ada", scope=EVERYTHING, expires=None):
    """The text of a new token."""
    return tokens.create(site, user, scope, label="test", expires=expires, actor=ROOT)[1]


# Passwords


def test_a_user_logs_in_with_their_password(logins, site):
    assert log_in(logins, site) == Identity("ada", frozenset({"admins"}), EVERYTHING, "")


def test_a_user_of_the_htpasswd_file_logs_in_with_theirs(site, file):
    logins = Logins(file(zoe="battery staple"))
    users.set_group(site, "team", ["zoe"], ROOT)

    assert log_in(logins, site, "zoe", "battery staple") == Identity("zoe", frozenset({"team"}))
    assert fails(logins, site, "zoe") == WRONG


def test_the_password_of_the_database_comes_before_that_of_the_file(site, file):
    logins = Logins(file(ada="battery staple", ci="battery staple"))

    assert log_in(logins, site).name == "ada"
    assert fails(logins, site, "ada", "battery staple") == WRONG
    assert log_in(logins, site, "ci", "battery staple").groups == {"robots"}


def test_nobody_is_told_what_was_wrong(logins, site, file):
    with_file = Logins(file(zoe="battery staple"))
    words = {
        fails(logins, site, "ada"),
        fails(logins, site, "nobody-here"),
        fails(logins, site, "ci"),
        fails(logins, site, "ci", ""),
        fails(logins, site, "", ""),
        fails(logins, site, "operator"),
        fails(with_file, site, "zoe"),
        fails(with_file, site, "ada", "x" * 100_000),
    }

    assert words == {"The user name or the password is wrong."}


@pytest.mark.parametrize("name", ["nobody-here", "ci", "", "operator"])
def test_an_unknown_name_costs_as_much_work_as_a_wrong_password(logins, site, name):
    fails(logins, site, "ada")
    assert logins.hashed == 1

    fails(logins, site, name)
    assert logins.hashed == 2


@pytest.mark.parametrize("password", ["x" * 4097, "x" * 100_000, "nul\0inside", "bad\udc80ly"])
@pytest.mark.parametrize("name", ["ada", "nobody-here"])
def test_what_nobody_can_have_as_a_password_is_never_hashed(logins, site, name, password):
    assert fails(logins, site, name, password) == WRONG
    assert logins.hashed == 0


def test_names_are_looked_at_letter_by_letter(logins, site):
    assert fails(logins, site, "Ada", PASSWORD) == WRONG
    assert fails(logins, site, "ada ", PASSWORD) == WRONG


# The memo


def test_a_thousand_reads_hash_once(logins, site):
    for number in range(1000):
        log_in(logins, site, now=NOW + number / 1000)

    assert logins.hashed == 1


def test_a_password_of_the_file_is_remembered_too(site, file):
    logins = Logins(file(zoe="battery staple"))

    for _ in range(10):
        log_in(logins, site, "zoe", "battery staple")

    assert logins.hashed == 1


def test_after_five_minutes_the_password_is_looked_at_again(logins, site):
    log_in(logins, site)
    log_in(logins, site, now=NOW + SECONDS - 1)
    assert logins.hashed == 1

    log_in(logins, site, now=NOW + SECONDS)
    assert logins.hashed == 2


def test_wrong_passwords_are_not_remembered(logins, site):
    fails(logins, site)
    fails(logins, site)

    assert logins.hashed == 2


def test_a_remembered_login_is_of_that_name_and_password_only(logins, site):
    users.add(site, "bob", "battery staple", ROOT)
    log_in(logins, site)

    assert fails(logins, site, "bob", PASSWORD) == WRONG
    assert fails(logins, site, "ada", PASSWORD + " ") == WRONG
    assert fails(logins, site, "", f"ada\0{PASSWORD}") == WRONG


def test_groups_are_those_of_today(logins, site):
    log_in(logins, site)

    users.set_group(site, "team", ["ada"], ROOT)

    assert log_in(logins, site).groups == {"admins", "team"}


def test_a_changed_password_counts_at_once(logins, site):
    log_in(logins, site)

    users.set_password(site, "ada", "battery staple", ROOT)

    assert fails(logins, site, "ada", PASSWORD) == WRONG
    assert log_in(logins, site, "ada", "battery staple").name == "ada"


def test_the_same_password_set_anew_is_looked_at_again(logins, site):
    log_in(logins, site)

    users.set_password(site, "ada", PASSWORD, ROOT)
    log_in(logins, site)

    assert logins.hashed == 2


def test_a_removed_user_is_out_at_once(logins, site):
    users.add(site, "bob", PASSWORD, ROOT)
    log_in(logins, site, "bob")

    users.remove(site, "bob", ROOT)

    assert fails(logins, site, "bob", PASSWORD) == WRONG


def test_a_change_of_the_file_counts_at_once(site, file):
    logins = Logins(file(zoe="battery staple", yan="battery staple"))
    log_in(logins, site, "zoe", "battery staple")
    log_in(logins, site, "yan", "battery staple")

    file(zoe="a new password")

    assert fails(logins, site, "zoe", "battery staple") == WRONG
    assert fails(logins, site, "yan", "battery staple") == WRONG
    assert log_in(logins, site, "zoe", "a new password").name == "zoe"


def test_another_line_of_the_file_changes_nothing(site, file):
    logins = Logins(file(zoe="battery staple"))
    log_in(logins, site, "zoe", "battery staple")

    path = logins.htpasswd.path
    path.write_text(path.read_text() + "# a comment\n")
    log_in(logins, site, "zoe", "battery staple")

    assert logins.hashed == 1


def test_no_password_is_kept_in_memory(logins, site):
    log_in(logins, site)

    assert PASSWORD not in str(vars(logins))
    ((key, _value),) = logins._right.items()
    assert len(key) == 32
    other = Logins()
    log_in(other, site)
    assert key not in other._right


def test_a_thousand_logins_are_remembered_and_no_more(site, tmp_path):
    sha1 = "{SHA}L55TUjtiq8FBorTWAZ0jy6g129A="
    names = [f"user-{number}" for number in range(REMEMBERED + 1)]
    path = tmp_path / "htpasswd"
    path.write_text("".join(f"{name}:{sha1}\n" for name in names))
    logins = Logins(Htpasswd(str(path)))
    for name in names:
        log_in(logins, site, name)
    assert logins.hashed == REMEMBERED + 1

    log_in(logins, site, names[1])
    assert logins.hashed == REMEMBERED + 1
    log_in(logins, site, names[0])
    assert logins.hashed == REMEMBERED + 2
    assert len(logins._right) == REMEMBERED


def test_many_threads_share_what_is_remembered(logins, site):
    log_in(logins, site)
    names: list[str] = []
    start = threading.Barrier(8)

    def read() -> None:
        start.wait()
        names.extend(log_in(logins, site).name for _ in range(200))

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert names == ["ada"] * 1600
    assert logins.hashed == 1


# Waiting


def test_who_guesses_has_to_wait_even_with_the_right_password(logins, site):
    for _ in range(FREE):
        fails(logins, site)

    with pytest.raises(TooManyAttempts) as caught:
        log_in(logins, site)
    assert caught.value.retry_after == 1
    assert logins.hashed == FREE
    assert log_in(logins, site, now=NOW + 1).name == "ada"


def test_unknown_names_and_long_passwords_wait_as_well(logins, site):
    for _ in range(FREE):
        fails(logins, site, "nobody-here")
        fails(logins, site, "ada", "x" * 5000)

    for name in ("nobody-here", "ada"):
        with pytest.raises(TooManyAttempts):
            log_in(logins, site, name)


def test_other_addresses_and_names_do_not_wait(logins, site):
    users.add(site, "bob", PASSWORD, ROOT)
    for _ in range(FREE):
        fails(logins, site)

    assert log_in(logins, site, "ada", address=THERE).name == "ada"
    assert log_in(logins, site, "bob").name == "bob"


def test_what_was_right_before_does_not_wait(logins, site):
    log_in(logins, site)
    for _ in range(FREE + 3):
        logins.throttle.failed("ada", HERE, NOW)

    assert log_in(logins, site).name == "ada"
    with pytest.raises(TooManyAttempts):
        log_in(logins, site, "ada", "wrong horse")


def test_the_right_password_clears_what_was_wrong(logins, site):
    for _ in range(FREE - 1):
        fails(logins, site)

    log_in(logins, site)

    for _ in range(FREE - 1):
        assert fails(logins, site) == WRONG


# Tokens


def test_a_token_acts_for_its_user_within_its_scope(logins, site):
    scope = Scope(projects=("six",), permissions=("upload",))
    text = token(site, "ci", scope)

    identity = logins.bearer(site, text, NOW)

    assert identity == Identity("ci", frozenset({"robots"}), scope, text[5:13])


@pytest.mark.parametrize("name", ["__token__", "ci", "ada", "nobody-here", ""])
def test_a_token_is_a_password_of_any_user_name(logins, site, name):
    text = token(site, "ci")

    assert log_in(logins, site, name, text) == logins.bearer(site, text, NOW)
    assert logins.hashed == 0


def test_unknown_expired_and_revoked_tokens_get_the_same_answer(logins, site):
    expired = token(site, expires=NOW + 1)
    revoked = token(site)
    tokens.revoke(site, revoked[5:13], ROOT)
    words = {
        fails(logins, site, "__token__", "mypi-abcdefgh-nonsense", NOW + 2),
        fails(logins, site, "ada", expired, NOW + 2),
        fails(logins, site, "__token__", revoked, NOW + 2),
        fails(logins, site, "__token__", "no token at all", NOW + 2, THERE),
    }

    assert words == {"This token is unknown, expired or revoked; make a new one."}
    assert logins.hashed == 0


def test_the_tokens_of_who_is_gone_are_dead(site, file):
    logins = Logins(file(zoe="battery staple"))
    of_nobody, of_zoe, of_ci = token(site, "nobody-here"), token(site, "zoe"), token(site, "ci")
    assert logins.bearer(site, of_zoe, NOW).name == "zoe"
    assert logins.bearer(site, of_ci, NOW).name == "ci"
    assert fails(logins, site, "__token__", of_nobody) == DEAD

    file(yan="battery staple")
    users.remove(site, "ci", ROOT)

    assert fails(logins, site, "__token__", of_zoe) == DEAD
    assert fails(logins, site, "__token__", of_ci) == DEAD


def test_wrong_tokens_wait_by_address(logins, site):
    for _ in range(FREE):
        with pytest.raises(NotLoggedIn):
            logins.bearer(site, "mypi-abcdefgh-nonsense", NOW, HERE)

    with pytest.raises(TooManyAttempts):
        logins.bearer(site, "mypi-abcdefgh-nonsense", NOW, HERE)
    with pytest.raises(TooManyAttempts):
        log_in(logins, site, "ada", "mypi-abcdefgh-nonsense")
    assert fails(logins, site, "ada", "mypi-abcdefgh-nonsense", address=THERE) == DEAD


def test_wrong_tokens_let_neither_good_ones_nor_passwords_wait(logins, site):
    text = token(site, "ci")
    for _ in range(FREE):
        fails(logins, site, "ada", "mypi-abcdefgh-nonsense")

    assert log_in(logins, site).name == "ada"
    assert log_in(logins, site, "__token__", text).name == "ci"
    assert fails(logins, site, "ada", "mypi-abcdefgh-nonsense") == DEAD


# Marks


def test_a_mark_stays_the_same_until_something_changes(logins, site):
    marks = [logins.mark(site, "ada"), Logins().mark(site, "ada")]
    users.end_sessions(site, "ada")
    marks.append(logins.mark(site, "ada"))
    users.set_password(site, "ada", "battery staple", ROOT)
    marks.append(logins.mark(site, "ada"))

    assert marks[0] == marks[1]
    assert len(set(marks)) == 3


def test_a_mark_of_the_file_changes_with_the_line_and_ends_with_it(site, file):
    logins = Logins(file(zoe="battery staple"))
    first = logins.mark(site, "zoe")

    file(zoe="battery staple")
    second = logins.mark(site, "zoe")
    file(yan="battery staple")

    assert first is not None
    assert second not in (None, first)
    assert logins.mark(site, "zoe") is None


def test_marks_of_two_users_differ_even_without_passwords(logins, site):
    users.add(site, "cd", None, ROOT)

    assert logins.mark(site, "ci") != logins.mark(site, "cd")


def test_a_mark_is_of_this_site_and_shows_no_hash(logins, site):
    mark = logins.mark(site, "ada")
    site.secret = b"another site's secret"

    assert logins.mark(site, "ada") != mark
    assert len(mark) == 32


@pytest.mark.parametrize("name", ["nobody-here", "operator", ""])
def test_nobody_has_no_mark(logins, site, name):
    assert logins.mark(site, name) is None
