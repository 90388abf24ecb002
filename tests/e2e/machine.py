"""The stack of one machine with a simulated shop per channel, for as long as somebody looks at it."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from processes import Processes, free_ports, wait_for
from web import call

SLUIS = Path(__file__).resolve().parents[2] / "target" / "debug" / "sluis"
CHANNELS = ("bol", "shopify", "woocommerce")
# Channels that know an order as a whole: no units of it are cancelled there, and no return is told.
WHOLE = ("shopware",)
CATALOGUE = """sku,ean,title,variant,price,main,store,bundle
LAMP,2000000079196,Lamp,,39.00,3,4,
BULB,2000000158389,Bulb,,4.50,5,5,
SET,2000000237565,Lamp with two bulbs,,46.00,,,LAMP*1;BULB*2
"""
START_S = 60.0
# The channel whose orders are invoiced, and booked.
INVOICED = "bol"
BOOKS = "books"
INVOICES = [
    "[[location]]",
    'id = "main"',
    'address = { country = "NL", postcode = "3511 AB" }',
    "",
    "[[location]]",
    'id = "store"',
    'address = { country = "NL", postcode = "8011 AB" }',
    "",
    "[invoices.accounting]",
    f'id = "{BOOKS}"',
    'system = "exactonline"',
    "simulated = true",
    'settings = { division = "123456", redirect_uri = "https://invented.example/authorised" }',
    'sales_journal = "70"',
    'credit_journal = "71"',
    'ledger = "8000"',
    'debtor = "1"',
    "",
    "[[invoices.accounting.vat_code]]",
    'country = "NL"',
    'rate = "21"',
    'code = "2"',
    "",
    "[[invoices.entity]]",
    'id = "invented"',
    'name = "Invented B.V."',
    'address = { lines = ["Havenkade 12"], postcode = "3511 AB", city = "Utrecht", country = "NL" }',
    'kvk = "00000000"',
    'vat_numbers = { NL = "NL000000000B01" }',
    'invoice_numbers = "F{year}-{n:05}"',
    'credit_note_numbers = "C{year}-{n:05}"',
    "",
]


@dataclass
class Machine:
    """A running stack."""

    api: str
    shops: dict[str, str]
    process: subprocess.Popen[bytes]


@contextmanager
def machine(
    sluis: Path,
    name: str,
    logs: Path | None,
    channels: tuple[str, ...] = CHANNELS,
    invoiced: bool = False,
    users: Mapping[str, tuple[str, str]] | None = None,
) -> Iterator[Machine]:
    """Starts one on ports of its own and ends it; its output is kept in `logs`, if there is such a folder.

    `invoiced`: with books. Users have a role and a password.
    """
    with tempfile.TemporaryDirectory(prefix="sluis-e2e-") as temporary:
        folder = Path(temporary)
        logs = logs or folder
        logs.mkdir(parents=True, exist_ok=True)
        (port,) = free_ports(1)
        config, state = configuration(folder, port, channels, invoiced), folder / "state"
        for user, (role, password) in (users or {}).items():
            add_user(sluis, state, config, user, role, password)
        with Processes(logs) as processes:
            process = processes.start(name, [sluis, "--state", state, "run", "--config", config], {"PATH": "/usr/bin:/bin"})

            def up() -> bool | None:
                if process.poll() is not None:
                    raise SystemExit(f"the stack ended with {process.returncode}:\n{processes.log(name).read_text()}")
                return True if call("GET", f"http://127.0.0.1:{port}/api/v1/health").status == (401 if users else 200) else None

            wait_for("the stack answers", up, START_S)
            yield Machine(f"http://127.0.0.1:{port}", json.loads((state / "shops.json").read_text()), process)


def add_user(sluis: Path, state: Path, config: Path, user: str, role: str, password: str) -> None:
    """Adds somebody who may sign in, before the stack starts or while it runs."""
    command = [sluis, "--state", state, "users", "add", user, "--role", role, "--by", "e2e", "--config", config]
    subprocess.run(command, input=f"{password}\n", text=True, check=True, capture_output=True, env={"PATH": "/usr/bin:/bin"})


def configuration(folder: Path, listen: int, channels: tuple[str, ...] = CHANNELS, invoiced: bool = False) -> Path:
    """One merchant on these channels, with two locations and a bundle."""
    (folder / "catalogue.csv").write_text(CATALOGUE)
    lines = ["[merchant]", 'name = "A life of an order"', 'locations = ["main", "store"]', 'catalogue = "catalogue.csv"', ""]
    lines += INVOICES if invoiced else []
    for channel in channels:
        lines += ["[[connection]]", f'id = "{channel}"', f'channel = "{channel}"', "simulated = true"]
        if channel == "bol":
            lines.append('settings = { token_url = "{base_url}/token" }')
        if invoiced and channel == INVOICED:
            lines += ["", "[connection.invoices]", 'entity = "invented"', 'since = "2026-01-01T00:00:00Z"', 'sold_on = "marketplace"']
        lines.append("")
    lines += ["[local]", f'listen = "127.0.0.1:{listen}"', "poll_every_s = 2", "customers_per_minute = 0", ""]
    path = folder / "sluis.toml"
    path.write_text("\n".join(lines))
    return path
