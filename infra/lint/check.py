"""Lints the template: `python infra/lint/check.py [TEMPLATE]`. Needs no network and no credentials. Exit status 0: clean.

cfn-lint's own rules look at the template as it is written, the house rules at what SAM makes of it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")

from cfnlint.api import lint_file
from cfnlint.rules import Rules
from cfnlint.template import Template
from translate import translate

HERE = Path(__file__).resolve().parent
TEMPLATE = HERE.parent / "template.yaml"


def complaints(template: Path) -> list[str]:
    """All complaints about a template, cfn-lint's first. A template that has errors is not translated."""
    general = lint_file(template)
    found = [f"{match.rule.id} {template.name}:{match.linenumber}: {match.message}" for match in general]
    if any(match.rule.id.startswith("E") for match in general):
        return found
    return found + of_the_house(template)


def of_the_house(template: Path) -> list[str]:
    """The complaints of the house rules alone."""
    house = Rules.create_from_directory(str(HERE / "rules"))
    if not house:
        raise SystemExit(f"no house rules found in {HERE / 'rules'}")
    translated = Template(str(template), translate(template.read_text(encoding="utf-8")), [os.environ["AWS_DEFAULT_REGION"]])
    return [f"{rule.id} {match.message}" for rule in house.values() for match in rule.match(translated)]


def main(arguments: list[str]) -> int:
    """Prints the complaints, one a line."""
    template = Path(arguments[0]) if arguments else TEMPLATE
    found = complaints(template)
    for line in found:
        print(line)
    print(f"{template.name}: {len(found)} complaints", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
