"""What is checked: a sale's way through the deployed stack, who is let in, and what a missing permission does."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from access import tampered, token, without_permission
from deploy import Stack
from emulator import Emulator
from fixtures.shops import OPENING_STOCK, SELLER, SHOPS, SKU, Shop, tells_of
from merchant import Merchant
from processes import wait_for
from relay import Delivery, Relay
from report import Report
from web import Answer, call

# Longer than the slowest step takes on a busy machine.
PATIENCE_S = 60
# For so long nothing must happen where a permission is missing: several times what it takes with the permission.
WATCHED_S = 10
# A hint that failed is hidden for so long: longer than the function's 30 s, shorter than the 180 s of the template.
HIDDEN_S = 35


@dataclass
class Story:
    """One deployed stack and what is found of it."""

    emulator: Emulator
    stack: Stack
    merchant: Merchant
    relay: Relay
    report: Report
    # What can still be promised, by our own count.
    left: int = OPENING_STOCK
    jwt: str = ""

    def __post_init__(self) -> None:
        self.api = self.emulator.api(self.stack.resources["Api"])

    def deployment(self) -> None:
        """The emulator made what the template says."""
        client = self.emulator.client("lambda")
        functions = client.list_functions()["Functions"]
        self.report.check("seven functions are there", len(functions) == 7, [f["FunctionName"] for f in functions])
        mappings = client.list_event_source_mappings()["EventSourceMappings"]
        whole = [m for m in mappings if "ReportBatchItemFailures" not in m.get("FunctionResponseTypes", [])]
        self.report.check("three mappings are there, and report failures one by one", len(mappings) == 3 and not whole, mappings)
        schedules = self.emulator.client("scheduler").list_schedules()["Schedules"]
        self.report.check("seven schedules are there", len(schedules) == 7, schedules)

    def doors(self) -> None:
        """Only people with a token read."""
        self.jwt = token(self.emulator, self.stack)
        for who, jwt in (("nobody", None), ("somebody with a changed token", tampered(self.jwt))):
            answer = self.read("orders", jwt)
            self.report.check(f"the API turns {who} away", answer.status == 401, answer)
        answer = self.read("orders", self.jwt)
        self.report.check("the API lets a person with a token read", answer.status == 200, answer)

    def schedules(self) -> None:
        """Runs two tasks that their schedules would run within hours: what is on sale, and webhooks."""
        for task, what, done in (
            ("listings", "{}: what is on sale is matched to the catalogue", lambda told: told["matched"]["matched"] == 1),
            ("subscriptions", "{}: webhooks are subscribed to", lambda told: told["subscribed"]["made"] > 0),
        ):
            payload = json.dumps({"task": task}).encode()
            name = self.stack.resources["ChannelPollFunction"]
            said = self.emulator.client("lambda").invoke(FunctionName=name, Payload=payload)["Payload"].read()
            for shop in SHOPS:
                self.report.check(what.format(shop.connection), _holds(said, shop.connection, done), said)
        told = self.comes_true(self.all_told)
        self.report.check("every shop acknowledged the opening stock", told, self.read(f"stock/{SKU}", self.jwt))

    def all_told(self) -> bool | None:
        """Whether every shop acknowledged what is left."""
        stock = self.read(f"stock/{SKU}", self.jwt).json()
        told = [each["told"] == self.left and each["shown"] == "right" for each in stock["listings"]]
        return True if stock["available"] == self.left and len(told) == len(SHOPS) and all(told) else None

    def sale(self) -> Delivery:
        """A customer buys: the shop's signed delivery is taken in, and every shop shows the new figure."""
        number, delivery = self.bought(2)
        self.report.check("the shop's signed delivery is taken in", 200 <= delivery.answer.status < 300, delivery.answer)
        self.figures()
        self.order(number, 2)
        answer = self.read(f"orders/{SELLER.connection}/{number}", None)
        self.report.check("the order is not shown to nobody", answer.status == 401, answer)
        return delivery

    def bought(self, quantity: int) -> tuple[str, Delivery]:
        """A customer buys; answers the order's number and the first delivery about it."""
        number = self.merchant.buy(SELLER, quantity)
        self.left -= quantity
        self.report.step(f"{SELLER.connection} sold {quantity} as order {number}")

        def told() -> Delivery | None:
            return next((each for each in self.relay.deliveries() if tells_of(each.body, number)), None)

        return number, wait_for(f"{SELLER.connection} delivers order {number}", told, PATIENCE_S)

    def figures(self) -> None:
        """Every shop shows what is left, sooner or later."""
        for shop in SHOPS:
            holds = self.comes_true(partial(self.shows, shop))
            self.report.check(f"{shop.connection} shows {self.left}", holds, self.merchant.shown(shop))

    def shows(self, shop: Shop) -> bool | None:
        """Whether a shop shows what is left."""
        return True if self.merchant.shown(shop) == self.left else None

    def order(self, number: str, quantity: int) -> None:
        """A person reads an order with its stock held."""
        path = f"orders/{SELLER.connection}/{number}"
        read = self.comes_true(lambda: self.read(path, self.jwt).status == 200 or None)
        order = self.read(path, self.jwt)
        held = sum(claim["committed"] for line in order.json()["lines"] for part in line["parts"] for claim in part["claims"]) if read else None
        self.report.check(f"a person reads order {number}, with {quantity} units held", held == quantity, order)

    def again(self, delivery: Delivery) -> None:
        """The same delivery again changes nothing; with one byte changed it is refused."""
        answer = delivery.again(self.emulator.url)
        self.report.check("the same delivery again is taken in", 200 <= answer.status < 300, answer)
        changed = delivery.body.replace(b'"currency":"EUR"', b'"currency":"EUS"')
        differ = sum(old != new for old, new in zip(delivery.body, changed, strict=True))
        answer = delivery.again(self.emulator.url, changed)
        self.report.check("with one byte changed it is refused", differ == 1 and answer.status == 401, (differ, str(answer)))
        self.report.check("the queues run empty", self.comes_true(self.settled), self.waiting())
        entries = self.read("orders", self.jwt).json()["orders"]
        first = [entry for entry in entries if entry["version"] == 1]
        self.report.check("there is still one order", len(first) == 1, entries)
        self.figures()

    def ingest_permission(self) -> None:
        """Without its permission the ingest stores nothing, and says so to the shop."""
        with without_permission(self.emulator, self.stack, "WebhookIngestFunction", "sqs:SendMessage"):
            number, delivery = self.bought(1)
            answer = delivery.answer
            self.report.check("without the permission to store it, a delivery is answered 5xx", answer.status >= 500, answer)
        answer = delivery.again(self.emulator.url)
        self.report.check("with the permission given back, it is taken in", 200 <= answer.status < 300, answer)
        self.order(number, 1)
        self.figures()

    def fanout_permission(self) -> None:
        """Without its permission the fan-out tells nobody; the hint comes again until it can."""
        queue = self.stack.resources["StockHintsQueue"]
        self.emulator.client("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": str(HIDDEN_S)})
        before = self.left
        with without_permission(self.emulator, self.stack, "StockFanoutFunction", "dynamodb:UpdateItem"):
            number, _ = self.bought(1)
            self.order(number, 1)
            time.sleep(WATCHED_S)
            for shop in SHOPS:
                if shop != SELLER:
                    shown = self.merchant.shown(shop)
                    what = f"without the permission to note it, {shop.connection} is told nothing for {WATCHED_S} s"
                    self.report.check(what, shown == before, shown)
        self.report.step("with the permission given back")
        self.figures()

    def read(self, what: str, jwt: str | None) -> Answer:
        """Reads from the API."""
        return call("GET", f"{self.api}/api/v1/{what}", {"Authorization": f"Bearer {jwt}"} if jwt else {})

    def waiting(self) -> dict[str, int]:
        """Messages on the queues, those under way included."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"]
        sqs = self.emulator.client("sqs")
        counts = {}
        for queue in ("InboundQueue", "StockHintsQueue", "OrderUpdatesQueue"):
            found = sqs.get_queue_attributes(QueueUrl=self.stack.resources[queue], AttributeNames=names)["Attributes"]
            counts[queue] = sum(int(count) for count in found.values())
        return counts

    def settled(self) -> bool | None:
        """Whether all queues are empty."""
        return None if any(self.waiting().values()) else True

    def leftovers(self) -> None:
        """Nothing ended in a dead-letter queue."""
        sqs = self.emulator.client("sqs")
        for queue in ("InboundDeadLetters", "StockHintsDeadLetters", "OrderUpdatesDeadLetters", "AttentionDeadLetters"):
            url = self.stack.resources[queue]
            name = "ApproximateNumberOfMessages"
            count = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name]
            self.report.check(f"{queue} is empty", count == "0", count)

    @staticmethod
    def comes_true(probe: Callable[[], object | None]) -> bool:
        """Whether something holds within a while."""
        try:
            wait_for("it", probe, PATIENCE_S)
        except TimeoutError:
            return False
        return True


def _holds(said: bytes, connection: str, done: Callable[[Any], bool]) -> bool:
    """Whether a task's summary says what it should of a connection."""
    try:
        told = json.loads(said)
        # The summary is a JSON text of its own where the function answers with a text.
        told = json.loads(told) if isinstance(told, str) else told
        return done(told["connections"][connection])
    except (ValueError, KeyError, TypeError):
        return False
