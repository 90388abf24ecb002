"""A client that a public generator makes of the API's document, and the tour of the README with it, against a running stack.

The generator takes the whole document without a warning, what it makes compiles, and every answer is understood by it: what a program in
another language would meet. Needs the packages of .ci/run. Ends with one line `N passed, N failed`, and status 0 if none failed.
"""

from __future__ import annotations

import argparse
import compileall
import importlib
import json
import pkgutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from machine import CHANNELS, SLUIS, Machine, machine
from processes import wait_for
from report import Report
from web import call

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "functions" / "api" / "openapi.json"
SETTINGS = Path(__file__).with_name("client.yaml")
PACKAGE = "sluis_client"
SHOP = CHANNELS[-1]
# Longer than the slowest step takes on a busy machine.
PATIENCE_S = 60.0


def arguments() -> argparse.Namespace:
    """What the caller wants."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sluis", type=Path, default=SLUIS, help="the program to run (default %(default)s)")
    parser.add_argument("--logs", type=Path, metavar="DIR", help="keep the output of all processes there (default: nowhere)")
    return parser.parse_args()


def main() -> int:
    """Generates, compiles, and walks."""
    wanted = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    report = Report()
    with tempfile.TemporaryDirectory(prefix="sluis-client-") as temporary:
        folder = Path(temporary) / "client"
        report.step("generate a client of the document")
        if generated(folder, report):
            report.step("walk the tour of the README with it")
            with machine(wanted.sluis, "client", wanted.logs) as running:
                Tour(running, report).walk()
    return report.end()


def generated(folder: Path, report: Report) -> bool:
    """Makes the client in a folder, and has Python find its package there. Whether that went without a complaint."""
    generator = Path(sys.executable).with_name("openapi-python-client")
    command = [generator, "generate", "--path", DOCUMENT, "--output-path", folder, "--config", SETTINGS, "--meta", "none", "--fail-on-warning"]
    # The generator has the formatter run that lies beside it.
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, env={"PATH": f"{generator.parent}:/usr/bin:/bin"})
    if not report.check("the generator takes the whole document", done.returncode == 0, done.stdout + done.stderr):
        return False
    package = folder.rename(folder.with_name(PACKAGE))
    report.check("what it made compiles", compileall.compile_dir(package, quiet=1), package)
    sys.path.insert(0, str(package.parent))
    names = [found.name for found in pkgutil.walk_packages(importlib.import_module(PACKAGE).__path__, f"{PACKAGE}.")]
    modules = [importlib.import_module(name) for name in names]
    made = {module.__name__.rsplit(".", 1)[1] for module in modules if hasattr(module, "sync_detailed")}
    missing = operations() - {name.replace("_", "") for name in made}
    return report.check(f"and has all {len(operations())} operations", not missing, missing)


def operations() -> set[str]:
    """The operations of the document by their ids, in small letters."""
    paths = json.loads(DOCUMENT.read_text())["paths"]
    return {operation["operationId"].lower() for path in paths.values() for operation in path.values()}


class Tour:
    """What the README shows, by the client."""

    def __init__(self, running: Machine, report: Report) -> None:
        self.report = report
        self.shop = running.shops[SHOP]
        self.client = importlib.import_module(PACKAGE).Client(base_url=running.api, raise_on_unexpected_status=True)
        self.models = importlib.import_module(f"{PACKAGE}.models")

    def walk(self) -> None:
        """In its order."""
        number = self.bought("LAMP", 1)
        self.counted()
        self.sent(number)
        self.explained()
        self.ruled()
        self.looked_after()
        self.refused()

    def bought(self, sku: str, units: int) -> str:
        """Buys something."""
        body = json.dumps({"sku": sku, "quantity": units}).encode()
        number = str(call("POST", f"{self.shop}/_simulator/buy", {}, body).json()["order"])
        known = self.until(f"order {number} is read", lambda: self.ask("orders.get_order", SHOP, number, fine=(200, 404)))
        self.report.check("its line is the product that was bought", known.lines[0].sku == sku, known)
        orders = self.ask("orders.list_orders", limit=1)
        self.report.check("it is the newest of all", orders.orders[0].number == number, orders)
        product = self.ask("products.get_product", sku)
        self.report.check("its units are reserved", product.reserved == units, product)
        return number

    def counted(self) -> None:
        """Enters a delivery, twice under one key."""
        request = self.models.StockAdjustmentRequest.from_dict(
            {"sku": "LAMP", "location": "main", "add": 5, "reason": "delivery", "by": "you"}
        )
        before = self.ask("products.get_product", "LAMP").available
        for _ in range(2):
            self.ask("stock.create_stock_adjustment", body=request, idempotency_key="delivery-1")
        after = self.ask("products.get_product", "LAMP").available
        self.report.check("a delivery is entered once, however often it is asked", after == before + 5, (before, after))
        moved = self.ask("products.list_movements", "LAMP")
        self.report.check("and it is told who, when and why", "delivery" in json.dumps(moved.to_dict()), moved)
        file = importlib.import_module(f"{PACKAGE}.types").File(payload=b"sku,location,reason,add,id\nBULB,main,delivery,3,b-1\n")
        rows = self.ask("stock.import_stock", body=file, by="you")
        self.report.check("a file of rows is entered", "BULB" in json.dumps(rows.to_dict()), rows)

    def sent(self, number: str) -> None:
        """Sends the order."""
        request = self.models.ShipmentRequest.from_dict({"location": "main", "carrier": "postnl", "tracking": "3STEST0001", "by": "you"})
        self.ask("orders.create_shipment", SHOP, number, body=request, idempotency_key="p1")
        order = self.ask("orders.get_order", SHOP, number)
        self.report.check("what was sent is known", "3STEST0001" in json.dumps(order.to_dict()), order)

    def explained(self) -> None:
        """Asks why figures are what they are."""
        explained = self.ask("products.explain_stock", "LAMP")
        self.report.check("every listing is explained", len(explained.listings) == 3, explained)
        page = self.ask("products.list_products", limit=2)
        self.report.check("a page has a cursor to the next", isinstance(page.next_, str) and len(page.products) == 2, page)
        rest = self.ask("products.list_products", limit=2, cursor=page.next_)
        self.report.check("which has the rest, and ends", len(rest.products) == 1 and rest.next_ is None, rest)

    def ruled(self) -> None:
        """Holds something back, and asks what other rules would have done."""
        request = self.models.RuleRequest.from_dict({"rule": {"safety_stock": 2}, "by": "you"})
        self.ask("rules.put_rules", "BULB", body=request)
        self.report.check("the rule holds", '"safety_stock": 2' in json.dumps(self.ask("rules.get_rules", "BULB").to_dict()))
        trial = self.models.WhatIfRequest.from_dict({"days": 7, "quota_mode_below": 5})
        self.ask("rules.what_if", body=trial)

    def looked_after(self) -> None:
        """How the connections are doing, and what waits for a person."""
        health = self.ask("connections.get_health")
        self.report.check("every connection is told of", len(health.connections) == 3, health)
        asked = self.ask("connections.check_connection", SHOP, fine=(202,))
        found = self.until("the credentials are looked at", lambda: self.checked(asked.requested_at))
        self.report.check("they are accepted, and lack nothing", found.status == "accepted" and not found.missing_rights, found)
        self.ask("attention.list_attention")
        self.ask("listings.list_listings", SHOP)
        preview = self.ask("connections.preview_publication", SHOP)
        self.report.check("every listing is previewed", len(preview.listings) == 3, preview)

    def checked(self, asked_at: Any) -> Any:
        """What the look found, once it was made."""
        found = self.ask("connections.get_check", SHOP)
        return found if not found.requested_at and found.checked_at and found.checked_at >= str(asked_at)[:19] else None

    def refused(self) -> None:
        """What cannot be done is understood as well."""
        problem = self.ask("products.get_product", "NOBODY", fine=(404,))
        self.report.check("what is not there has a code", problem.code == "not_found", problem)
        wrong = self.models.StockAdjustmentRequest.from_dict({"sku": "LAMP", "location": "nowhere", "add": 1, "reason": "x", "by": "you"})
        problem = self.ask("stock.create_stock_adjustment", body=wrong, idempotency_key="k-2", fine=(400, 404, 409, 422))
        self.report.check("and what is wrong says what", isinstance(problem.code, str) and bool(problem.detail), problem)

    # How it asks

    def ask(self, operation: str, *path: str, fine: tuple[int, ...] = (200,), **given: Any) -> Any:
        """Asks for an operation; what it answers as the client understands it."""
        module: ModuleType = importlib.import_module(f"{PACKAGE}.api.{operation}")
        answer = module.sync_detailed(*path, client=self.client, **given)
        if int(answer.status_code) not in fine or answer.parsed is None:
            self.report.check(operation, False, (answer.status_code, answer.content[:300]))
            raise SystemExit(self.report.end())
        return answer.parsed

    def until(self, what: str, probe: Callable[[], Any]) -> Any:
        """Waits until something is there that is no problem."""
        started = time.monotonic()
        found = wait_for(what, lambda: self.no_problem(probe()), PATIENCE_S)
        self.report.check(f"{what} within {PATIENCE_S:.0f} s", time.monotonic() - started <= PATIENCE_S + 5)
        return found

    def no_problem(self, found: Any) -> Any:
        """`None` in place of a problem."""
        return None if isinstance(found, self.models.Problem) else found


if __name__ == "__main__":
    sys.exit(main())
