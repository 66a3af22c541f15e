"""The command line ``mypi``."""


def main() -> None:
    """The program."""
