"""docs/commands.md, made from the commands themselves: python -m tests.command_help > docs/commands.md"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from scrapy.utils.project import get_project_settings

NAMES = (
    "crawl",
    "extract",
    "search",
    "show",
    "changes",
    "stats",
    "ask",
    "stories",
    "photos",
    "export",
    "import",
    "ledger",
    "runs",
    "health",
    "reextract",
    "forget",
    "schedule",
    "worker",
    "db",
    "doctor",
    "fixture",
)
HEAD = """# Commands

Made from the commands themselves by `make docs`; `scrapy COMMAND -h` says the same.

Run them in the folder of `scrapy.cfg`. Tables are for terminals; elsewhere columns are
parted by tabs. `--json` gives JSON Lines. Messages go to stderr. Exit code 0: it did its job; 1: it did
not; 2: wrong usage.

`-s NAME=VALUE` sets any setting for one command, e.g. `-s DATABASE_URL=sqlite:///other.db`.
"""


def command_help() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(section(name) for name in NAMES)])


def section(name: str) -> str:
    """One command: syntax, description, options."""
    from importlib import import_module

    command = import_module(f"crawler.commands.{name}").Command()
    command.settings = get_project_settings()
    parser = argparse.ArgumentParser()
    command.add_options(parser)
    lines = [f"## scrapy {name}", "", f"`scrapy {name} {command.syntax()}`", "", command.long_desc(), ""]
    rows = list(options(parser))
    if rows:
        lines += ["| option | |", "| --- | --- |", *rows, ""]
    return "\n".join(lines)


def options(parser: argparse.ArgumentParser) -> Iterator[str]:
    """The command's own options; those that every Scrapy command has are left out."""
    for group in parser._action_groups:
        if group.title == "Global Options":
            continue
        for action in group._group_actions:
            if action.dest == "help" or not action.option_strings:
                continue
            metavar = f" {action.metavar}" if action.metavar else ""
            names = ", ".join(f"`{option}{metavar}`" for option in action.option_strings)
            said = (action.help or "").replace("|", "\\|")
            yield f"| {names.replace('|', chr(92) + '|')} | {said} |"


if __name__ == "__main__":
    print(command_help(), end="")
