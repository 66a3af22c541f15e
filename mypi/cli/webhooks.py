"""Webhooks: addresses that are told of what happens."""

from typing import Any

import click

from mypi.cli import output
from mypi.cli.lifecycle import for_each
from mypi.cli.options import Group, Run, run_of


@click.group(cls=Group)
def webhook() -> None:
    """Tell other servers what happens: chat, CI, mirrors.

    Messages are signed, sent in order after each change, and tried again for a day.
    """


@webhook.command()
@click.argument("url")
@click.option("-i", "--index", metavar="INDEX", default="", help="Only of this index; else all.")
@click.option(
    "--event",
    "events",
    multiple=True,
    metavar="EVENT",
    help="Only of that: publish, release, promote, yank, delete...; again for another.",
)
@run_of
def add(run: Run, url: str, index: str, events: tuple[str, ...]) -> None:
    """Tell URL what happens from now on; print the secret that signs messages, this once.

    Then see with `mypi webhook test` whether messages arrive.
    """
    body: dict[str, Any] = {"url": url, "index": index.removeprefix("+"), "events": list(events)}
    answer = run.client.post("webhooks", body=body)
    if run.json:
        output.emit(answer)
        return
    click.echo(answer["secret"])
    said = f"the webhook {answer['id']} is added; its secret is not shown again"
    output.tell(run, said)


@webhook.command("list")
@run_of
def list_webhooks(run: Run) -> None:
    """List the webhooks, and how it goes with them."""
    answer = run.client.get("webhooks")
    if run.json:
        output.emit(answer)
        return
    output.table(
        ("id", "url", "index", "events", "waiting", "state"),
        [
            (it["id"], it["url"], _index(it), it["events"] or "all", it["waiting"], _state(it))
            for it in answer["webhooks"]
        ],
    )
    if not answer["webhooks"]:
        output.tell(run, "no webhooks")


def _index(it: dict[str, Any]) -> str:
    return "(deleted)" if it["index"] is None else it["index"] or "all"


def _state(it: dict[str, Any]) -> str:
    if not it["failing_since"]:
        return "works"
    since, next_try = output.when(it["failing_since"]), output.when(it["next_try"]) or "now"
    return f"failing since {since}, next try {next_try}"


@webhook.command()
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@run_of
def remove(run: Run, ids: tuple[str, ...]) -> None:
    """Send nothing there any more, nor what is waiting."""
    known = {it["id"]: it["url"] for it in run.client.get("webhooks")["webhooks"]}
    meant = [f"{number} ({known[number]})" for number in ids if number in known]
    if meant:
        output.confirm(run, f"Remove the webhook{'s' * (len(meant) > 1)} {', '.join(meant)}?")

    def one(number: str) -> Any:
        return run.client.delete("webhooks", number)

    for_each(run, ids, one, "removed the webhook {}")


@webhook.command()
@click.argument("number", metavar="ID")
@run_of
def test(run: Run, number: str) -> None:
    """Send a message of the event `test` now, and tell what came of it.

    If it is taken, what failed before is tried again without waiting.
    """
    answer = run.client.post("webhooks", number, "test")
    if run.json:
        output.emit(answer)
    if not answer["taken"]:
        raise output.Failure(
            f"the receiver did not take it: {answer['said']}.",
            output.DOWN,
            f"mypi webhook log {number}",
        )
    output.tell(run, f"taken: {answer['said']}, {answer['milliseconds']} ms")


@webhook.command()
@click.argument("number", metavar="ID")
@run_of
def log(run: Run, number: str) -> None:
    """Show the last 50 messages to a webhook, newest first."""
    answer = run.client.get("webhooks", number, "log")
    if run.json:
        output.emit(answer)
        return
    output.table(
        ("when (UTC)", "event", "index", "project", "version", "try", "outcome", "said", "ms"),
        [
            (
                output.when(it["when"]),
                it["event"],
                it["index"],
                it["project"],
                it["version"],
                it["tries"],
                it["outcome"],
                it["said"],
                it["milliseconds"],
            )
            for it in answer["attempts"]
        ],
    )
    if not answer["attempts"]:
        output.tell(run, "no messages yet")
