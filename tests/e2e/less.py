"""One permission less at a time: each function does its work with all it has, and does not do it without one of them.

`infra/lint/tests/test_least_privilege.py` proves that every permission is needed by something a function was seen to do; here it is tried on
deployed functions, with what their roles really refuse. The queues' consumers and the schedules are stopped meanwhile, and functions are
called one by one.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from access import without_permission
from fixtures.shops import SELLER, SHOPS, SKU
from relay import Delivery
from restore import halt
from story import Story
from web import call

PLENTY = 900
# What was put off is tried again within this time.
PATIENCE_S = 60.0
# What the work below does without, or misses only where chance puts something off, and why that is right. docs/access.md holds these.
DOES_WITHOUT = {
    ("ChannelPollFunction", "events"): "a poll that can call nobody still reads orders, and says so in its log",
    ("ApiFunction", "events"): "what a person entered is done, whoever could be told of it",
    ("StockFanoutFunction", "events"): "it announces what a leading shop's staff changed, and none leads here",
    ("StockFanoutFunction", "sqs"): "it sends word of what it puts off, and a figure that falls is told at once",
    ("StockReconcileFunction", "sqs"): "a difference is believed at a second look, hours later",
    ("InvoiceGenerationFunction", "s3"): "nothing is invoiced in this story, so there is nothing to keep",
    ("InvoiceGenerationFunction", "ses"): "nothing is invoiced in this story, so nobody is mailed",
    ("InvoiceGenerationFunction", "ssm"): "it reads a buyer from a channel only for an invoice",
}

# Whether the work was done, and what was found.
Outcome = tuple[bool, object]


@dataclass
class Work:
    """What a function is asked to do: what must be there before, and the asking."""

    function: str
    prepare: Callable[[], Any]
    ask: Callable[[Any], Outcome]


class Less:
    """Takes permissions away from the functions of a story."""

    def __init__(self, story: Story, delivery: Delivery) -> None:
        self.story = story
        self.delivery = delivery
        self.shipments = 0

    def tell(self, *, every: bool) -> None:
        """Tries a permission for each function and service, or every one."""
        story = self.story
        halt(story.emulator, story.stack, stopped=True)
        self.received(PLENTY)
        self.shop("stock", {"sku": SKU, "quantity": PLENTY})
        try:
            for work in self.works():
                self.one(work, every=every)
        finally:
            halt(story.emulator, story.stack, stopped=False)
        # What failed on purpose is well again before anybody is told of it.
        for task in ("poll", "listings", "subscriptions"):
            self.invoke("ChannelPollFunction", {"task": task})

    def one(self, work: Work, *, every: bool) -> None:
        """Tries one function."""
        report, function = self.story.report, work.function
        report.step(f"{function} with one permission less")
        done, found = self.at_last(work, work.prepare())
        report.check(f"{function} does its work with all its permissions", done, found)
        for service, actions in self.granted(function).items():
            if why := DOES_WITHOUT.get((function, service)):
                print(f"           --    not tried: {function} without {service}: {why}", flush=True)
                continue
            missed = []
            for action in actions:
                thing = work.prepare()
                with without_permission(self.story.emulator, self.story.stack, function, action):
                    # What it remembers of before needs no permission.
                    self.story.forget(function)
                    done, found = work.ask(thing)
                if not done:
                    missed.append(action)
                    # Another: what cannot be told may be a person's business for good.
                    again, found = self.at_last(work, work.prepare())
                    report.check(f"{function} without {action} does not do it, and with it again does", again, found)
                    if not every:
                        break
                elif every:
                    print(f"           --    this work of {function} does without {action}", flush=True)
            report.check(f"{function} misses {service}", bool(missed), actions)

    def granted(self, function: str) -> dict[str, list[str]]:
        """The actions of its role by service, those first that are needed soonest."""
        iam, role = self.story.emulator.client("iam"), self.story.stack.resources[f"{function}Role"]
        found: dict[str, list[str]] = {}
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            for statement in iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]["Statement"]:
                actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
                for action in actions:
                    # See `deploy`: the batch has no permission of its own on AWS.
                    if not action.endswith("Batch"):
                        found.setdefault(action.split(":")[0], []).append(action)
        return {service: list(dict.fromkeys(actions)) for service, actions in found.items()}

    # The work of each function

    def works(self) -> Iterator[Work]:
        """All nine."""
        yield Work("WebhookIngestFunction", lambda: None, lambda _: self.answered(self.delivery.again(self.story.emulator.url)))
        yield Work("ChannelPollFunction", self.bought, lambda _: self.compared("ChannelPollFunction", {"task": "poll"}, "polled"))
        yield Work("OrderIntakeFunction", self.bought, self.take_in)
        yield Work("StockFanoutFunction", self.taken_in, lambda _: self.fan_out())
        yield Work("OrderUpdatesFunction", self.shipped, self.told)
        yield Work("ApiFunction", self.taken_in, lambda number: self.ship(number, "p-1"))
        reconcile = {"task": "channels", "every_h": 0}
        yield Work("ReadModelFunction", lambda: None, lambda _: self.invoke("ReadModelFunction", {"task": "catch_up"}))
        # Where nothing is invoiced, it looks whether anything is to be.
        yield Work("InvoiceGenerationFunction", lambda: None, lambda _: self.invoke("InvoiceGenerationFunction", {"task": "issue"}))
        yield Work("StockReconcileFunction", self.edited, lambda _: self.compared("StockReconcileFunction", reconcile, "compared"))

    def bought(self) -> str:
        """A customer buys, and nobody has heard of it yet."""
        return self.story.merchant.buy(SELLER, 1)

    def taken_in(self) -> str:
        """An order of which no channel has heard."""
        number = self.bought()
        done, found = self.take_in(number)
        assert done, found
        return number

    def take_in(self, number: str) -> Outcome:
        """Takes an order in. One that cannot be read is put aside, which is an end of its message and not of the order."""
        done, found = self.batch("OrderIntakeFunction", self.word_of(number))
        known = self.story.read(f"orders/{SELLER.connection}/{number}", self.story.jwt)
        return done and known.status == 200, (found, known)

    def received(self, units: int) -> None:
        """Goods come in."""
        headers = {"Authorization": f"Bearer {self.story.jwt}", "Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex}
        body = json.dumps({"sku": SKU, "location": "main", "set": units, "reason": "goods"}).encode()
        answer = call("POST", f"{self.story.api}/api/v1/stock/adjustments", headers, body)
        assert answer.status == 200, answer

    def shipped(self) -> dict[str, str]:
        """A shipment that the channel must be told of."""
        number, self.shipments = self.taken_in(), self.shipments + 1
        key = f"s-{self.shipments}"
        done, found = self.ship(number, key)
        assert done, found
        return {"connection": SELLER.connection, "number": number, "id": key}

    def edited(self) -> None:
        """Somebody changes the figure in the shop."""
        self.shipments += 1
        self.shop("stock", {"sku": SKU, "quantity": PLENTY + self.shipments})

    def at_last(self, work: Work, thing: Any) -> Outcome:
        """Asks until it is done: what failed may be put off for a moment."""
        outcome = work.ask(thing)
        end = time.monotonic() + PATIENCE_S
        while not outcome[0] and time.monotonic() < end:
            time.sleep(1)
            outcome = work.ask(thing)
        return outcome

    def fan_out(self) -> Outcome:
        """Tells figures. What cannot be told now is put off, which is an end of the hint and not of the push."""
        done, found = self.batch("StockFanoutFunction", {"sku": SKU})
        listings = self.story.read(f"products/{SKU}", self.story.jwt).json()["listings"]
        other = next(each for each in listings if each["connection"] == SHOPS[0].connection)
        return done and other["published_quantity"] == other["publication"]["target_quantity"], (found, other)

    def told(self, due: dict[str, str]) -> Outcome:
        """Tells of a shipment. As `fan_out`."""
        done, found = self.batch("OrderUpdatesFunction", due)
        order = self.story.read(f"orders/{SELLER.connection}/{due['number']}", self.story.jwt).json()
        state = [one["channel_sync"]["type"] for one in order["shipments"] if one["id"] == due["id"]]
        return done and state == ["synced"], (found, state)

    @staticmethod
    def word_of(number: str) -> dict[str, str]:
        """Word of an order, as a poll puts it on the queue."""
        return {"connection": SELLER.connection, "number": number, "cause": "poll", "read_at": "2026-01-01T00:00:00Z"}

    def shop(self, door: str, body: dict[str, Any]) -> None:
        """Somebody of the shop does something."""
        street = self.story.merchant.street
        answer = call("POST", f"{street}/{SELLER.channel}/_simulator/{door}", {"Content-Type": "application/json"}, json.dumps(body).encode())
        assert answer.status == 200, answer

    def ship(self, number: str, key: str) -> Outcome:
        """A person enters a shipment."""
        headers = {"Authorization": f"Bearer {self.story.jwt}", "Content-Type": "application/json", "Idempotency-Key": key}
        body = json.dumps({"location": "main", "carrier": "postnl"}).encode()
        return self.answered(call("POST", f"{self.story.api}/api/v1/orders/{SELLER.connection}/{number}/shipments", headers, body))

    @staticmethod
    def answered(answer: Any) -> Outcome:
        """Whether a request was done."""
        return 200 <= answer.status < 300, answer

    def invoke(self, function: str, payload: dict[str, Any]) -> tuple[bool, Any]:
        """Calls a function; whether it ended well, and what it said."""
        name = self.story.stack.resources[function]
        answer = self.story.emulator.client("lambda").invoke(FunctionName=name, Payload=json.dumps(payload).encode())
        said = json.loads(answer["Payload"].read() or b"null")
        return "FunctionError" not in answer, json.loads(said) if isinstance(said, str) and said.startswith("{") else said

    def compared(self, function: str, payload: dict[str, Any], done: str) -> Outcome:
        """Whether a schedule's task was done for the seller's connection."""
        well, said = self.invoke(function, payload)
        of_seller = (said or {}).get("connections", {}).get(SELLER.connection) if isinstance(said, dict) else None
        return well and isinstance(of_seller, dict) and done in of_seller, said

    def batch(self, function: str, message: dict[str, str]) -> Outcome:
        """Whether a message of a queue was done."""
        record = {
            "messageId": "1",
            "receiptHandle": "1",
            "body": json.dumps({"schema_version": 1} | message),
            "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "0"},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:eu-central-1:000000000000:queue",
            "awsRegion": "eu-central-1",
        }
        well, said = self.invoke(function, {"Records": [record]})
        return well and isinstance(said, dict) and said.get("batchItemFailures") == [], said
