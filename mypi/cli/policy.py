"""The options that say what an index allows, and the policy they add up to."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import click

from mypi.permissions import PERMISSIONS

Function = TypeVar("Function", bound=Callable[..., Any])

RULE_WORDS = ("warn", "enforce", "off")
DEFAULT = "default"
"""Instead of principals: what holds where nothing is said."""


class Size(click.ParamType):  # type: ignore[type-arg]  # click 8.2 takes none
    """Bytes, written as in the ini file."""

    name = "size"

    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        """``"64 MiB"`` -> 67108864."""
        from mypi.sizes import parse_size

        try:
            return parse_size(str(value))
        except ValueError as error:
            self.fail(f"{value!r}: {error}.", param, ctx)


def _rule(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> Any:
    for text in values:
        if text.partition("=")[2] not in RULE_WORDS:
            raise click.BadParameter(
                f"{text!r} is not NAME={'|'.join(RULE_WORDS)}, for example readme=warn.", ctx, param
            )
    return dict(text.split("=", 1) for text in values)


def _switch(name: str, text: str) -> Any:
    return click.option(f"--{name}/--no-{name}", default=None, help=text)


def _number(name: str, text: str) -> Any:
    return click.option(f"--{name}", type=click.IntRange(0), metavar="N", help=text)


PLAIN = (
    click.option("--title", help="A name for people."),
    click.option("--description", help="What it is for."),
    _switch("merge", "Show the files of all bases that have a project, not the first one's only."),
    _switch("volatile", "Files may be replaced, and deleted ones uploaded anew."),
    _switch("ownership", "Who first publishes a project owns it."),
    _switch("approval", "Only someone other than its uploader may promote a file into it."),
    click.option("--max-file", type=Size(), help="Largest file taken; 0: the site's limit."),
    click.option("--max-size", type=Size(), help="Size of all files together; 0: no limit."),
    _number("keep-prereleases", "Retention: newest pre-releases of a project that stay; 0: all."),
    _number("keep-days", "Retention: days that a release stays; 0: for ever."),
    _switch("keep-promoted", "Retention never takes what was promoted from it."),
    _number("trash-days", "Days that deleted things can be restored, and promotions undone."),
)
LISTS = (
    click.option("--base", "bases", multiple=True, metavar="INDEX", help="An index below this one; "
                 "again for another. '': none."),
    click.option("--kind", "kinds", multiple=True, help="A kind of file taken (sdist, "
                 "bdist_wheel...); again for another. '': all."),
)  # fmt: skip
RULES = click.option(
    "--rule",
    "rules",
    multiple=True,
    callback=_rule,
    metavar="NAME=" + "|".join(RULE_WORDS),
    help="What the metadata of uploads must have.",
)
GRANTS = tuple(
    click.option(
        f"--{word}",
        f"grant_{word}",
        metavar="WHO",
        help=f"Who may {word}: everyone, users, names, @groups, with commas; or {DEFAULT}.",
    )
    for word in PERMISSIONS
)


def policy_options(function: Function) -> Function:
    """Decorator: all these options; their values make a policy by :func:`policy_from`."""
    for option in reversed((*PLAIN, *LISTS, RULES, *GRANTS)):
        function = option(function)
    return function


def policy_from(
    options: Mapping[str, Any], current: Callable[[], Mapping[str, Any]]
) -> dict[str, Any]:
    """The attributes of an index's policy that the options name.

    Rules and grants are changed one by one, the API sets them as a whole: ``current`` is asked for
    the policy as it is when one of them is named.
    """
    policy = {
        name: value
        for name, value in options.items()
        if value is not None and name not in ("bases", "kinds", "rules")
        and not name.startswith("grant_")
    }  # fmt: skip
    for name in ("bases", "kinds"):
        if options[name]:
            policy[name] = [word.removeprefix("+") for word in options[name] if word]
    grants = {word: options[f"grant_{word}"] for word in PERMISSIONS}
    said = {word: _words(who) for word, who in grants.items() if who is not None}
    if options["rules"]:
        rules = {**current().get("rules", {}), **options["rules"]}
        policy["rules"] = {name: word for name, word in rules.items() if word != "off"}
    if said:
        merged = {**current().get("grants", {}), **said}
        policy["grants"] = {word: who for word, who in merged.items() if who != [DEFAULT]}
    return policy


def _words(text: str) -> list[str]:
    return [word for word in text.replace(",", " ").split() if word]


def read_back(policy: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """Names and values of a policy as the options say them; what is not set is left out."""
    for name, value in policy.items():
        if value or name in ("keep_promoted", "trash_days"):
            yield name.replace("_", "-"), value
