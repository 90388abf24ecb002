"""Which role may do what, as docs/roles.md has it."""

from __future__ import annotations

import re
from pathlib import Path

TABLE = Path(__file__).resolve().parents[2] / "docs" / "roles.md"
ROLE_NAMES = ("owner", "warehouse", "bookkeeper", "read_only")


def operations_by_role() -> list[tuple[str, str, dict[str, bool]]]:
    """Method and path of each operation of the API, and which roles may ask for it."""
    found = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        row = re.match(r"\| `([A-Z]+) (/api/[^`]*)` \| \w+ \|(.*)\|$", line)
        if row:
            cells = [cell.strip() == "yes" for cell in row[3].split("|")]
            found.append((row[1], row[2], dict(zip(ROLE_NAMES, cells, strict=True))))
    assert len(found) > 60, "the table lists the operations of the API"
    return found
