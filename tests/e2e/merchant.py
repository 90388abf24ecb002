"""The shops of the run as processes and rows: everything that knows `sluis` and the doors of its simulators."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy import Stack
from emulator import Emulator
from fixtures.shops import EAN, OPENING_STOCK, SHOPS, SKU, Shop
from processes import Processes, wait_for
from web import call

PATH = {"PATH": "/usr/bin:/bin"}


@dataclass(frozen=True)
class Merchant:
    """A configuration, and the program that understands it."""

    sluis: Path
    config: Path
    # Where the shops are served.
    street: str

    def open_shops(self, processes: Processes) -> None:
        """Starts the shops' simulators in one process of their own."""
        process = processes.start("simulator", [self.sluis, "simulator", "--config", self.config], PATH)

        def open_for_business() -> bool | None:
            if process.poll() is not None:
                raise SystemExit(f"the shops ended with {process.returncode}:\n{processes.log('simulator').read_text()}")
            return True if all(self.shown(shop) is not None for shop in SHOPS) else None

        wait_for("the shops are open", open_for_business)

    def apply(self, emulator: Emulator, stack: Stack) -> str:
        """Writes connections, catalogue and opening stock with `sluis apply`, and the credentials to SSM. Answers its words."""
        ssm = emulator.client("ssm")
        for shop in SHOPS:
            for name, value in shop.invented().items():
                folder = "webhooks" if name in shop.signs_with else "credentials"
                path = f"/sluis/{stack.environment}/{folder}/{shop.connection}/{name}"
                ssm.put_parameter(Name=path, Value=value, Type="SecureString")
        environment = emulator.environment() | PATH | {"SLUIS_TABLE": stack.outputs["TableName"]}
        command = [str(self.sluis), "apply", "--config", str(self.config)]
        done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", timeout=120, check=False)
        if done.returncode != 0:
            raise SystemExit(f"sluis apply ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout.strip()

    @contextmanager
    def refused(self, emulator: Emulator, stack: Stack, shop: Shop) -> Iterator[None]:
        """A shop refuses the keys we have, until the end."""
        ssm = emulator.client("ssm")
        names = [name for name in shop.credentials if name not in shop.signs_with]

        def put(values: dict[str, str]) -> None:
            for name in names:
                path = f"/sluis/{stack.environment}/credentials/{shop.connection}/{name}"
                ssm.put_parameter(Name=path, Value=values[name], Type="SecureString", Overwrite=True)

        put({name: "revoked" for name in names})
        try:
            yield
        finally:
            put(shop.invented())

    def shown(self, shop: Shop) -> int | None:
        """The figure that a shop's window shows."""
        answer = call("GET", f"{self._doors(shop)}/shown/{SKU}").json()
        return answer.get("shown") if isinstance(answer, dict) else None

    def buy(self, shop: Shop, quantity: int) -> str:
        """A customer buys; answers the order's number."""
        wanted = json.dumps({"sku": SKU, "quantity": quantity}).encode()
        answer = call("POST", f"{self._doors(shop)}/buy", {"Content-Type": "application/json"}, wanted)
        if answer.status != 200:
            raise SystemExit(f"{shop.connection} does not sell: {answer}")
        return str(answer.json()["order"])

    def _doors(self, shop: Shop) -> str:
        return f"{self.street}/{shop.channel}/_simulator"


def merchant(sluis: Path, port: int, folder: Path) -> Merchant:
    """Writes the configuration of a merchant whose shops share a port."""
    street = f"http://127.0.0.1:{port}"
    (folder / "catalogue.csv").write_text(f"sku,ean,title,variant,main\n{SKU},{EAN},Lamp,,{OPENING_STOCK}\n")
    lines = ["[merchant]", 'name = "Invented"', 'locations = ["main"]', 'catalogue = "catalogue.csv"']
    for shop in SHOPS:
        lines += ["", "[[connection]]", f'id = "{shop.connection}"', f'channel = "{shop.channel}"', "simulated = true"]
        lines += [f'base_url = "{street}/{shop.channel}"']
        if shop.settings:
            lines += ["[connection.settings]"] + [f'{name} = "{value}"' for name, value in shop.settings.items()]
    config = folder / "sluis.toml"
    config.write_text("\n".join(lines) + "\n")
    return Merchant(sluis, config, street)
