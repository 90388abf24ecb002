"""The whole life of an order on the stack of one machine, on every channel in turn; every figure printed, and held against what it should be.

An order with two lines and a bundle is split over two locations; a parcel leaves; what is left of a line is cancelled; the bundle leaves in
a second parcel from the other location; two units come back, one damaged and one sellable; somebody counts. At each step the figures,
their explanation and what every channel shows are printed. On one channel each shipment is
invoiced, what came back is credited, and all of it is booked. Nothing listens on any other address than 127.0.0.1, and nothing is left
running. Ends with one line `N passed, N failed`, and status 0 if none failed.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from machine import BOOKS, CHANNELS, INVOICED, SLUIS, WHOLE, machine
from processes import wait_for
from report import Report
from web import Answer, call

# Longer than the slowest step takes on a busy machine.
PATIENCE_S = 60.0
# What is due is invoiced and booked every two minutes.
BOOKED_S = 260.0

# Per step: available and reserved of LAMP and BULB at main and store.
Figures = dict[tuple[str, str], tuple[int, int]]


def arguments() -> argparse.Namespace:
    """What the caller wants."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sluis", type=Path, default=SLUIS, help="the program to run (default %(default)s)")
    parser.add_argument("--channel", choices=CHANNELS + WHOLE, action="append", help="only this channel; may be given again (default: all)")
    parser.add_argument("--logs", type=Path, metavar="DIR", help="keep the output of all processes there (default: nowhere)")
    return parser.parse_args()


@dataclass
class Stack:
    """A running stack and its shops."""

    api: str
    shops: dict[str, str]
    report: Report
    channel: str
    number: str = ""
    lines: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Any:
        """Reads from the API."""
        return call("GET", f"{self.api}/api/v1/{path}").json()

    def post(self, path: str, body: dict[str, Any], key: str | None = None) -> Answer:
        """Asks the API for something, under a key where it is to be done once."""
        headers = {"content-type": "application/json"} | ({"idempotency-key": key} if key else {})
        return call("POST", f"{self.api}/api/v1/{path}", headers, json.dumps(body).encode())

    def at_the_shop(self, method: str, door: str, body: dict[str, Any] | None = None, shop: str | None = None) -> Any:
        """Somebody does or looks at something in a simulated shop."""
        sent = None if body is None else json.dumps(body).encode()
        return call(method, f"{self.shops[shop or self.channel]}/_simulator/{door}", {}, sent).json()

    def order(self) -> Any:
        """The order as Sluis knows it."""
        return self.get(f"orders/{self.channel}/{self.number}")

    def does(self, what: str, below: str, body: dict[str, Any], key: str | None = None, status: int = 200) -> Any:
        """Does something about the order."""
        answer = self.post(f"orders/{self.channel}/{self.number}/{below}", body | {"by": "Mo"}, key)
        self.report.check(what, answer.status == status, answer)
        return answer.json()

    def units(self, *wanted: tuple[str, int]) -> list[dict[str, Any]]:
        """Units of the order's lines, by product."""
        return [{"line": self.lines[sku], "units": units} for sku, units in wanted]

    # Figures

    def figures(self) -> Figures:
        """Available and reserved, per product and location."""
        found: Figures = {}
        for sku in ("LAMP", "BULB"):
            for place in self.get(f"products/{sku}")["locations"]:
                found[sku, place["location"]] = (place["available"], place["reserved"])
        return found

    def shown(self) -> dict[str, dict[str, int]]:
        """What every channel shows of every product."""
        return {
            shop: {sku: self.at_the_shop("GET", f"shown/{sku}", shop=shop)["shown"] for sku in ("LAMP", "BULB", "SET")}
            for shop in self.shops
            if shop != BOOKS
        }

    def expect(self, what: str, figures: Figures) -> None:
        """Waits until the figures are these and every channel shows them; prints how they come about."""
        wanted = expected_shown(figures)

        def is_so() -> bool | None:
            right = self.figures() == figures and all(shown == wanted for shown in self.shown().values())
            return True if right else None

        try:
            wait_for(what, is_so, PATIENCE_S)
            holds = True
        except TimeoutError:
            holds = False
        self.report.check(f"{what}: {wanted} on every channel", holds, (self.figures(), self.shown()))
        for sku in ("LAMP", "BULB"):
            self.explain(sku)
        print(f"           shown {json.dumps(self.shown())}", flush=True)

    def explain(self, sku: str) -> None:
        """Prints the figure as a sum of its movements, and checks that it is one."""
        for place in self.get(f"products/{sku}")["locations"]:
            moved = [m for m in self.movements(sku) if m["location"] == place["location"]]
            terms = " ".join(f"{m['available']:+d}/{m['reserved']:+d} {cause(m)};" for m in reversed(moved))
            total = (sum(m["available"] for m in moved), sum(m["reserved"] for m in moved))
            print(f"           {sku} at {place['location']}: {place['available']} available, {place['reserved']} reserved = {terms}", flush=True)
            is_sum = total == (place["available"], place["reserved"])
            self.report.check(f"{sku} at {place['location']} is the sum of its movements", is_sum, (total, place))

    def movements(self, sku: str) -> list[Any]:
        """All movements of a product, newest first."""
        found: list[Any] = []
        cursor = ""
        while True:
            page = self.get(f"products/{sku}/movements?limit=200&cursor={cursor}")
            found += page["movements"]
            if not page["next"]:
                return found
            cursor = page["next"]

    def is_told(self, what: str, told: list[str]) -> None:
        """Waits until the channel has all that it was to be told."""

        def done() -> list[str] | None:
            order = self.order()
            inspected = [one for back in order["returns"] for one in back.get("inspections", [])]
            states = [one["channel_sync"]["type"] for one in order["shipments"] + order["cancellations"] + inspected]
            return states if states == told else None

        try:
            found: object = wait_for(what, done, PATIENCE_S)
        except TimeoutError:
            found = self.order()
        self.report.check(what, found == told, found)


    def is_booked(self, what: str, count: int, credits: bool) -> None:
        """Waits until so many invoices, or credit notes, of the order are issued, and each has one entry of the same sum with its PDF."""
        kind, sign = ("credit_note", "-") if credits else ("invoice", "")

        def done() -> list[Any] | None:
            issued = [one for one in self.get(f"orders/{self.channel}/{self.number}/invoices")["invoices"] if one["type"] == kind]
            entries = self.at_the_shop("GET", "entries", shop=BOOKS)["entries"]
            booked = [(one, [entry for entry in entries if entry["reference"] == one["number"]]) for one in issued]
            right = all(len(there) == 1 and there[0]["has_pdf"] and is_sum(there[0]["total"], sign, one) for one, there in booked)
            return booked if len(booked) >= count and right else None

        try:
            found: object = wait_for(what, done, BOOKED_S)
            holds = True
        except TimeoutError:
            found, holds = self.at_the_shop("GET", "entries", shop=BOOKS), False
        self.report.check(what, holds, found)


def is_sum(told: str, sign: str, document: dict[str, Any]) -> bool:
    """Whether an entry comes to what a document says."""
    return Decimal(told) == Decimal(sign + document["total"]["amount"])


def cause(movement: dict[str, Any]) -> str:
    """A movement's reason in a few words."""
    why = movement["cause"]
    match why["type"]:
        case "orders":
            lost = sum(one["units"] for one in why.get("written_off", []))
            return "order " + ", ".join(one["number"] for one in why["orders"]) + (f", {lost} written off" if lost else "")
        case "order":
            return f"{why['action']} for order {why['number']} by {why['by']}"
        case "transfer":
            return f"transfer from {why['from']} to {why['to']}"
        case "correction":
            return f"{why['reason']} by {why['by']}"
        case other:
            return str(other)


def expected_shown(figures: Figures) -> dict[str, int]:
    """What a channel should show of these figures: all there is, and of the set as many as its parts make."""
    there = {sku: sum(available for (one, _), (available, _) in figures.items() if one == sku) for sku in ("LAMP", "BULB")}
    return there | {"SET": min(there["LAMP"], there["BULB"] // 2)}


def life(stack: Stack) -> None:
    """The story."""
    report, channel = stack.report, stack.channel
    main, store = "main", "store"
    opening: Figures = {("LAMP", main): (3, 0), ("LAMP", store): (4, 0), ("BULB", main): (5, 0), ("BULB", store): (5, 0)}
    report.step(f"{channel}: opening stock")
    stack.expect("opening stock", opening)

    report.step(f"{channel}: a customer orders 4 lamps, 2 bulbs and a set")
    lines = [{"sku": sku, "quantity": units} for sku, units in (("LAMP", 4), ("BULB", 2), ("SET", 1))]
    bought = stack.at_the_shop("POST", "buy", {"lines": lines, "ship_to": "NL"})
    report.check("the shop took the order", "order" in bought, bought)
    stack.number = bought["order"]
    taken = wait_for("the order is taken in", lambda: stack.order() if "lines" in (stack.order() or {}) else None, PATIENCE_S)
    stack.lines = {line["sku"]: line["channel_line"]["id"] for line in taken["lines"]}
    # No place has five lamps: both send. The bulbs are all at the preferred one.
    stack.expect(
        "split over two locations",
        {("LAMP", main): (0, 3), ("LAMP", store): (2, 2), ("BULB", main): (1, 4), ("BULB", store): (5, 0)},
    )

    report.step(f"{channel}: 3 lamps and 2 bulbs leave main")
    first = {"location": main, "carrier": "postnl", "tracking": "3STEST0001", "lines": stack.units(("LAMP", 3), ("BULB", 2))}
    stack.does("the first shipment is entered", "shipments", first, "first")
    stack.does("entered again, it is the same shipment", "shipments", first, "first")
    stack.is_told("the channel has the first shipment", ["synced"])
    stack.expect(
        "a shipment takes what was reserved",
        {("LAMP", main): (0, 0), ("LAMP", store): (2, 2), ("BULB", main): (1, 2), ("BULB", store): (5, 0)},
    )

    report.step(f"{channel}: what is left of the lamps is cancelled")
    stack.does("the cancellation is entered", "cancellations", {"reason": "customer_request", "lines": stack.units(("LAMP", 1))}, "cancelled")
    stack.is_told("the channel has the cancellation", ["synced"] * 2)
    stack.expect(
        "a cancelled unit is free again",
        {("LAMP", main): (0, 0), ("LAMP", store): (3, 1), ("BULB", main): (1, 2), ("BULB", store): (5, 0)},
    )

    report.step(f"{channel}: the set leaves store, whose bulbs are taken instead of those at main")
    second = {"location": store, "carrier": "dhl", "tracking": "JVGLTEST02", "lines": stack.units(("SET", 1))}
    stack.does("the second shipment is entered", "shipments", second, "second")
    stack.is_told("the channel has the second shipment", ["synced"] * 3)
    stack.expect(
        "the shipment left where it left",
        {("LAMP", main): (0, 0), ("LAMP", store): (3, 0), ("BULB", main): (3, 0), ("BULB", store): (3, 0)},
    )
    far = stack.at_the_shop("GET", f"order/{stack.number}")
    codes = [parcel["tracking"] for parcel in far["parcels"]]
    report.check("the shop knows both parcels, once each", codes == ["3STEST0001", "JVGLTEST02"], far)
    lamp = next(line for line in far["lines"] if line["sku"] == "LAMP")
    report.check("the shop knows of 3 lamps sent and 1 cancelled", (lamp["shipped"], lamp["cancelled"]) == (3, 1), far)
    stack.does("nothing is left to ship", "shipments", {"location": main, "lines": stack.units(("LAMP", 1))}, "third", 400)

    if channel == INVOICED:
        report.step(f"{channel}: both shipments are invoiced and booked")
        stack.is_booked("each invoice is one entry with its PDF", 2, credits=False)

    report.step(f"{channel}: two lamps come back, one damaged and one sellable")
    stack.does("the return is entered", "returns", {"reason": "too bright", "lines": stack.units(("LAMP", 2))}, "back")
    stack.does("it arrives", "returns/back/receive", {})
    where, look = "returns/back/inspections", {"line": stack.lines["LAMP"], "units": 1, "resolution": "accepted"}
    stack.does("one is damaged", where, look | {"condition": "damaged"}, "one")
    sellable = look | {"condition": "sellable", "restock_at": main}
    stack.does("one is sellable", where, sellable, "other")
    stack.does("looked at again, it is the same unit", where, sellable, "other")
    stack.does("no third one came back", where, sellable, "third", 400)
    stack.is_told("the channel knows how the return was decided", ["synced"] * 5)
    stack.expect(
        "the sellable one is on sale again",
        {("LAMP", main): (1, 0), ("LAMP", store): (3, 0), ("BULB", main): (3, 0), ("BULB", store): (3, 0)},
    )

    if channel == INVOICED:
        report.step(f"{channel}: what came back is credited and booked")
        stack.is_booked("the credit note is an entry of its own", 1, credits=True)
        entries = stack.at_the_shop("GET", "entries", shop=BOOKS)
        credits = [one for one in entries["entries"] if one["total"].startswith("-")]
        report.check("it names its invoice", bool(credits) and all(" - F" in one["description"] for one in credits), entries)
        report.check("nobody who bought is known in the books", entries["debtors"] == ["Consumenten"], entries)

    report.step(f"{channel}: somebody counts the bulbs at the store, and brings a lamp to main")
    counted = stack.post("stock/adjustments", {"sku": "BULB", "location": store, "set": 2, "reason": "counted", "by": "Mo"}, "counted")
    report.check("the count is entered", counted.status == 200, counted)
    moved = stack.post("stock/transfers", {"sku": "LAMP", "from": store, "to": main, "units": 1, "reason": "counter is empty", "by": "Mo"}, "moved")
    report.check("the transfer is entered", moved.status == 200, moved)
    stack.expect(
        "the count stands",
        {("LAMP", main): (2, 0), ("LAMP", store): (2, 0), ("BULB", main): (3, 0), ("BULB", store): (2, 0)},
    )
    for event in stack.order()["history"]:
        print(f"           {event['at']} {event['by'] if 'by' in event and event['by'] else channel}: {json.dumps(event['details'])}", flush=True)

    report.step(f"{channel}: two more lamps are ordered, and cannot be found")
    bought = stack.at_the_shop("POST", "buy", {"lines": [{"sku": "LAMP", "quantity": 2}], "ship_to": "NL"})
    report.check("the shop took the order", "order" in bought, bought)
    stack.number = bought["order"]
    taken = wait_for("the order is taken in", lambda: stack.order() if "lines" in (stack.order() or {}) else None, PATIENCE_S)
    stack.lines = {line["sku"]: line["channel_line"]["id"] for line in taken["lines"]}
    stack.does("the cancellation is entered", "cancellations", {"reason": "not_found", "lines": stack.units(("LAMP", 2))}, "not-found")
    stack.is_told("the channel has the cancellation", ["synced"])
    stack.expect(
        "what is not there is free for nobody",
        {("LAMP", main): (0, 0), ("LAMP", store): (2, 0), ("BULB", main): (3, 0), ("BULB", store): (2, 0)},
    )
    (line,) = stack.order()["lines"]
    report.check("the order says what was written off", line["parts"][0].get("written_off") == [{"location": main, "units": 2}], line)
    movements = stack.get("products/LAMP/movements")["movements"]
    lost = [one["cause"]["written_off"] for one in movements if one["cause"].get("written_off")]
    report.check("and so does the ledger", [one["units"] for row in lost for one in row] == [2], movements)
    parked = stack.get("parked")
    # What no stock covers waits for a person as well.
    others = [one for one in parked["parked"] if one["type"] != "short"]
    report.check("nothing is parked", not others and not parked.get("unreadable"), parked)


def life_as_a_whole(stack: Stack) -> None:
    """The story on a channel that knows an order as a whole: it leaves in two parcels, some of it comes back, and another order is cancelled."""
    report, channel = stack.report, stack.channel
    main, store = "main", "store"
    report.step(f"{channel}: opening stock")
    stack.expect("opening stock", {("LAMP", main): (3, 0), ("LAMP", store): (4, 0), ("BULB", main): (5, 0), ("BULB", store): (5, 0)})

    report.step(f"{channel}: a customer orders 4 lamps, 2 bulbs and a set")
    lines = [{"sku": sku, "quantity": units} for sku, units in (("LAMP", 4), ("BULB", 2), ("SET", 1))]
    is_taken(stack, lines)
    stack.expect(
        "split over two locations",
        {("LAMP", main): (0, 3), ("LAMP", store): (2, 2), ("BULB", main): (1, 4), ("BULB", store): (5, 0)},
    )

    report.step(f"{channel}: 3 lamps and 2 bulbs leave main")
    first = {"location": main, "carrier": "postnl", "tracking": "3STEST0001", "lines": stack.units(("LAMP", 3), ("BULB", 2))}
    stack.does("the first shipment is entered", "shipments", first, "first")
    stack.does("entered again, it is the same shipment", "shipments", first, "first")
    stack.is_told("the channel has the first shipment", ["synced"])
    far = stack.at_the_shop("GET", f"order/{stack.number}")
    report.check("the shop has its code, and keeps no units of it", [one["tracking"] for one in far["parcels"]] == ["3STEST0001"], far)
    stack.expect(
        "a shipment takes what was reserved",
        {("LAMP", main): (0, 0), ("LAMP", store): (2, 2), ("BULB", main): (1, 2), ("BULB", store): (5, 0)},
    )

    report.step(f"{channel}: the rest leaves store, whose bulbs are taken instead of those at main")
    second = {"location": store, "carrier": "dhl", "tracking": "JVGLTEST02", "lines": stack.units(("LAMP", 1), ("SET", 1))}
    stack.does("the second shipment is entered", "shipments", second, "second")
    stack.is_told("the channel has the second shipment", ["synced"] * 2)
    left = {("LAMP", main): (0, 0), ("LAMP", store): (2, 0), ("BULB", main): (3, 0), ("BULB", store): (3, 0)}
    stack.expect("the shipment left where it left", left)
    far = stack.at_the_shop("GET", f"order/{stack.number}")
    codes = [parcel["tracking"] for parcel in far["parcels"]]
    report.check("the shop knows both codes, once each", codes == ["3STEST0001", "JVGLTEST02"], far)
    report.check("and that all of it was sent", {line["sku"]: line["shipped"] for line in far["lines"]} == {"LAMP": 4, "BULB": 2, "SET": 1}, far)

    report.step(f"{channel}: a lamp comes back, which the shop is not told")
    stack.does("the return is entered", "returns", {"reason": "too bright", "lines": stack.units(("LAMP", 1))}, "back")
    stack.does("it arrives", "returns/back/receive", {})
    look = {"line": stack.lines["LAMP"], "units": 1, "resolution": "accepted", "condition": "sellable", "restock_at": main}
    stack.does("it is sellable", "returns/back/inspections", look, "one")
    stack.is_told("nothing of it is to be told", ["synced", "synced", "not_needed"])
    stack.expect("it is on sale again", left | {("LAMP", main): (1, 0)})

    report.step(f"{channel}: two bulbs are ordered, and the whole order is cancelled")
    is_taken(stack, [{"sku": "BULB", "quantity": 2}])
    stack.does("the cancellation is entered", "cancellations", {"reason": "customer_request", "lines": stack.units(("BULB", 2))}, "cancelled")
    stack.is_told("the channel has the cancellation", ["synced"])
    far = stack.at_the_shop("GET", f"order/{stack.number}")
    report.check("the shop has cancelled it", [line["cancelled"] for line in far["lines"]] == [2], far)
    stack.expect("what was cancelled is free again", left | {("LAMP", main): (1, 0)})
    parked = stack.get("parked")
    report.check("nothing is parked", not parked["parked"] and not parked.get("unreadable"), parked)


def is_taken(stack: Stack, lines: list[dict[str, Any]]) -> None:
    """A customer buys, and the order is taken in."""
    bought = stack.at_the_shop("POST", "buy", {"lines": lines, "ship_to": "NL"})
    stack.report.check("the shop took the order", "order" in bought, bought)
    stack.number = bought["order"]
    taken = wait_for("the order is taken in", lambda: stack.order() if "lines" in (stack.order() or {}) else None, PATIENCE_S)
    stack.lines = {line["sku"]: line["channel_line"]["id"] for line in taken["lines"]}


def run(channel: str, wanted: argparse.Namespace, report: Report) -> None:
    """One life, on a stack of its own."""
    report.step(f"{channel}: start the stack")
    with machine(wanted.sluis, f"life-{channel}", wanted.logs, CHANNELS + WHOLE, invoiced=channel == INVOICED) as started:
        stack = Stack(started.api, started.shops, report, channel)
        if channel in WHOLE:
            life_as_a_whole(stack)
        else:
            life(stack)


def main() -> int:
    """Runs everything."""
    wanted = arguments()
    # An exit like any other, so that a build server's patience running out leaves no process behind either.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    report = Report()
    for channel in wanted.channel or CHANNELS + WHOLE:
        run(channel, wanted, report)
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
