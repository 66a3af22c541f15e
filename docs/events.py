"""The events that webhooks are told, read from the code."""

from markup import table

from mypi.services.webhooks import EVENTS


def events() -> str:
    """Each event with what it tells."""
    rows = [(f"``{name}``", it.meaning) for name, it in EVENTS.items()]
    return table(("Event", "What happened"), rows)
