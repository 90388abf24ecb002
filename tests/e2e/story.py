"""What is checked: the way of one order through the deployed stack, who is let in, and what a missing permission does."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from access import tampered, token, without_permission
from deploy import Stack
from emulator import Emulator
from fixtures.shops import HOOKED, OPENING_STOCK, SHOPS, Shop, delivery
from merchant import shown
from processes import wait_for
from report import Report
from web import Answer, call


@dataclass
class Story:
    """One deployed stack and what is found of it."""

    emulator: Emulator
    stack: Stack
    report: Report

    def __post_init__(self) -> None:
        self.api = self.emulator.api(self.stack.resources["Api"])

    def deployment(self) -> None:
        """The emulator made what the template says."""
        client = self.emulator.client("lambda")
        functions = client.list_functions()["Functions"]
        self.report.check("five functions are there", len(functions) == 5, [f["FunctionName"] for f in functions])
        mappings = client.list_event_source_mappings()["EventSourceMappings"]
        whole = [m for m in mappings if "ReportBatchItemFailures" not in m.get("FunctionResponseTypes", [])]
        self.report.check("two mappings are there, and report failures one by one", len(mappings) == 2 and not whole, mappings)
        schedules = self.emulator.client("scheduler").list_schedules()["Schedules"]
        self.report.check("three schedules are there", len(schedules) == 3, schedules)

    def doors(self) -> str:
        """Only people with a token read; answers the token."""
        jwt = token(self.emulator, self.stack)
        for who, headers, status in (
            ("nobody", {}, 401),
            ("somebody with a changed token", {"Authorization": f"Bearer {tampered(jwt)}"}, 401),
        ):
            answer = self.read("orders", headers)
            self.report.check(f"the API turns {who} away", answer.status == status, answer)
        answer = self.read("orders", {"Authorization": f"Bearer {jwt}"})
        self.report.check("the API lets a person with a token read", answer.status == 200, answer)
        return jwt

    def read(self, what: str, headers: dict[str, str]) -> Answer:
        """Reads a page of the API."""
        return call("GET", f"{self.api}/api/v1/{what}", headers)

    def deliver(self, number: int, quantity: int, spoil: bool = False) -> Answer:
        """A shop delivers an order, perhaps with a body that its signature does not fit."""
        body, headers = delivery(number, quantity, datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S"))
        url = f"{self.api}/hooks/{HOOKED.channel}/{HOOKED.connection}"
        return call("POST", url, headers, body + b" " if spoil else body)

    def order(self, far_side: str, jwt: str) -> None:
        """One order, delivered twice, is taken in once and lowers the figure everywhere."""
        self.listings()
        answer = self.deliver(501, 2, spoil=True)
        self.report.check("a delivery with a wrong signature is refused", answer.status == 401, answer)
        for again in ("", " again"):
            answer = self.deliver(501, 2)
            self.report.check(f"a signed delivery is taken in{again}", 200 <= answer.status < 300, answer)
        headers = {"Authorization": f"Bearer {jwt}"}

        def listed() -> Answer | None:
            orders = self.read("orders", headers)
            return orders if orders.status == 200 and b"501" in orders.body else None

        self.report.check("the order is read through the API", self.comes_true(listed), self.read("orders", headers))
        for shop in SHOPS:
            self.figure(far_side, shop, OPENING_STOCK - 2)

    def listings(self) -> None:
        """Runs the task that matches what is on sale, which its schedule would run within six hours."""
        client = self.emulator.client("lambda")
        payload = json.dumps({"task": "listings"}).encode()
        answer = client.invoke(FunctionName=self.stack.resources["ChannelPollFunction"], Payload=payload)
        said = answer["Payload"].read()
        self.report.check("what is on sale is matched to the catalogue", "FunctionError" not in answer, said)

    def figure(self, far_side: str, shop: Shop, wanted: int) -> None:
        """A shop shows a figure, sooner or later."""
        holds = self.comes_true(lambda: shown(far_side, shop) == wanted or None)
        self.report.check(f"{shop.connection} shows {wanted}", holds, shown(far_side, shop))

    def permissions(self) -> None:
        """A function may do what its role says, and no more: without its permission it fails, and says so to the shop."""
        with without_permission(self.emulator, self.stack, "WebhookIngestFunction", "sqs:SendMessage"):
            answer = self.deliver(502, 1)
            self.report.check("without the permission to store it, a delivery is answered 5xx", answer.status >= 500, answer)
        answer = self.deliver(502, 1)
        self.report.check("with the permission given back, it is taken in", 200 <= answer.status < 300, answer)

    def leftovers(self) -> None:
        """Nothing ended in a dead-letter queue."""
        sqs = self.emulator.client("sqs")
        for queue in ("InboundDeadLetters", "StockHintsDeadLetters", "AttentionDeadLetters"):
            url = self.stack.resources[queue]
            name = "ApproximateNumberOfMessages"
            count = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name]
            self.report.check(f"{queue} is empty", count == "0", count)

    @staticmethod
    def comes_true(probe: Callable[[], object | None]) -> bool:
        """Whether something holds within a while."""
        try:
            wait_for("it", probe, 45)
        except TimeoutError:
            return False
        return True
