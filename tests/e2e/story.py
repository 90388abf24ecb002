"""What is checked: a sale's way through the deployed stack, who is let in, and what a missing permission does."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from access import as_function, tampered, token, without_permission
from deploy import BUCKET, Stack, settings
from emulator import Emulator
from fixtures.shops import OPENING_STOCK, SELLER, SHOPS, SKU, Shop, tells_of
from merchant import Merchant
from processes import wait_for
from relay import Delivery, Relay
from report import Report
from restore import backup, guards, halt, put_back
from roles import ROLE_NAMES, operations_by_role
from web import Answer, call

# Longer than the slowest step takes on a busy machine.
PATIENCE_S = 60
# For so long nothing must happen where a permission is missing: several times what it takes with the permission.
WATCHED_S = 10
# A connection may fail for so long before people are told, in this run.
FAILING_AFTER_S = 5
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
        self.report.check("nine functions are there", len(functions) == 9, [f["FunctionName"] for f in functions])
        mappings = client.list_event_source_mappings()["EventSourceMappings"]
        whole = [m for m in mappings if "ReportBatchItemFailures" not in m.get("FunctionResponseTypes", [])]
        self.report.check("three mappings are there, and report failures one by one", len(mappings) == 3 and not whole, mappings)
        schedules = self.emulator.client("scheduler").list_schedules()["Schedules"]
        self.report.check("twelve schedules are there", len(schedules) == 12, schedules)

    def doors(self) -> None:
        """Only people with a token read."""
        self.jwt = token(self.emulator, self.stack, groups=("owner",))
        for who, jwt in (("nobody", None), ("somebody with a changed token", tampered(self.jwt))):
            answer = self.read("orders", jwt)
            self.report.check(f"the API turns {who} away", answer.status == 401, answer)
        answer = self.read("orders", self.jwt)
        self.report.check("the API lets a person with a token read", answer.status == 200, answer)
        unverified = token(self.emulator, self.stack, "unverified@example.test", verified=False, groups=("owner",))
        answer = self.read("orders", unverified)
        self.report.check("a person whose address is not verified is turned away", answer.status == 403, answer)
        for what, groups in (("no group", ()), ("two groups", ("warehouse", "bookkeeper"))):
            answer = self.read("orders", token(self.emulator, self.stack, f"{len(groups)}@example.test", groups=groups))
            self.report.check(f"a person in {what} of ours is turned away", answer.status == 403, answer)
        self.roles()

    def roles(self) -> None:
        """Every role asks for everything, and is answered as docs/roles.md says. What somebody may do is asked so that nothing comes of it."""
        rows = operations_by_role()
        for role in ROLE_NAMES:
            jwt = self.jwt if role == "owner" else token(self.emulator, self.stack, f"{role}@example.test", groups=(role,))
            headers = {"Authorization": f"Bearer {jwt}", "Content-Type": "application/json"}
            wrong = []
            for method, path, may in rows:
                answer = call(method, self.api + re.sub(r"\{[^}]*\}", "none", path), headers, None if method == "GET" else b"{}")
                refused = answer.status == 403 and answer.json()["code"] == "role_may_not"
                if refused == may[role] or answer.status in (401, 405) or answer.status >= 500:
                    wrong.append((method, path, answer))
            self.report.check(f"{role} is answered as the table says by {len(rows)} operations", not wrong, wrong)

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
        self.report.check("every shop acknowledged the opening stock", told, self.read(f"products/{SKU}", self.jwt))

    def all_told(self) -> bool | None:
        """Whether every shop acknowledged what is left."""
        stock = self.read(f"products/{SKU}", self.jwt).json()
        told = [each["published_quantity"] == self.left and each["publication"]["type"] == "up_to_date" for each in stock["listings"]]
        return True if stock["available"] == self.left and len(told) == len(SHOPS) and all(told) else None

    def sale(self) -> Delivery:
        """A customer buys: the shop's signed delivery is taken in, and every shop shows the new figure."""
        number, delivery = self.bought(2)
        self.report.check("the shop's signed delivery is taken in", 200 <= delivery.answer.status < 300, delivery.answer)
        self.figures()
        self.order(number, 2)
        listed = self.comes_true(partial(self.is_listed, number))
        self.report.check("the index has the order among those to ship", listed, self.read("orders?stage=to_ship", self.jwt))
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
        held = sum(one["allocated"] for line in order.json()["lines"] for part in line["parts"] for one in part["allocations"]) if read else None
        self.report.check(f"a person reads order {number}, with {quantity} units held", held == quantity, order)

    def is_listed(self, number: str) -> bool | None:
        """Whether the index has an order among those to ship."""
        orders = self.read("orders?stage=to_ship", self.jwt).json()["orders"]
        return True if any(order["number"] == number for order in orders) else None

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

    def cross_reads(self) -> None:
        """What takes deliveries cannot do what is not its business, as far as the emulator asks about it (see `deploy`)."""
        table = self.stack.outputs["TableName"]
        key = {"pk": {"S": "TOKEN#" + SELLER.connection}, "sk": {"S": "TOKEN"}}
        rows = as_function(self.emulator, self.stack, "WebhookIngestFunction", "dynamodb")
        events = as_function(self.emulator, self.stack, "WebhookIngestFunction", "events")
        parameters = as_function(self.emulator, self.stack, "WebhookIngestFunction", "ssm")
        queues = as_function(self.emulator, self.stack, "WebhookIngestFunction", "sqs")
        path = f"/sluis/{self.stack.environment}/credentials/{SHOPS[0].connection}/client_secret"
        updates = self.stack.resources["OrderUpdatesQueue"]
        for what, work in {
            "scan the table": lambda: rows.scan(TableName=table),
            "list rows": lambda: rows.query(
                TableName=table, KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": {"S": "CONNECTIONS"}}
            ),
            "change a row": lambda: rows.update_item(TableName=table, Key=key),
            "delete a row": lambda: rows.delete_item(TableName=table, Key=key),
            "read a shop's credentials by name": lambda: parameters.get_parameter(Name=path, WithDecryption=True),
            "write a shop's credentials": lambda: parameters.put_parameter(Name=path, Value="x", Type="String", Overwrite=True),
            "tell subscribers": lambda: events.put_events(
                Entries=[{"EventBusName": self.stack.outputs["BusName"], "Source": "x", "DetailType": "x", "Detail": "{}"}]
            ),
            "have a channel told something": lambda: queues.send_message(QueueUrl=updates, MessageBody="x"),
        }.items():
            refused = _refused(work)
            self.report.check(f"what takes deliveries may not {what}", "Denied" in refused, refused)

    def failing(self) -> None:
        """The keys of one shop of three are refused: within the time that is set, the attention topic hears of it, once."""
        sqs, sns = self.emulator.client("sqs"), self.emulator.client("sns")
        mailbox = sqs.create_queue(QueueName="mailbox")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=mailbox, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        topic = self.stack.resources["AttentionTopic"]
        allow = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn}
        policy = {"Version": "2012-10-17", "Statement": [allow | {"Condition": {"ArnEquals": {"aws:SourceArn": topic}}}]}
        sqs.set_queue_attributes(QueueUrl=mailbox, Attributes={"Policy": json.dumps(policy)})
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
        # A quarter of an hour, for this test.
        body = json.dumps({"failing_after_s": FAILING_AFTER_S})
        row = {"pk": {"S": "SETTINGS"}, "sk": {"S": "ATTENTION"}, "body": {"S": body}}
        self.emulator.client("dynamodb").put_item(TableName=self.stack.outputs["TableName"], Item=row)
        with self.merchant.refused(self.emulator, self.stack, SELLER):
            # Functions remember credentials for five minutes: a new version of the code forgets them.
            self.forget("ChannelPollFunction")
            found = self.comes_true(lambda: self.polled_and(lambda: self.mail(mailbox, SELLER.connection)))
            self.report.check(f"the attention topic hears that {SELLER.connection} fails", found, self.read("health", self.jwt))
            health = {each["connection"]: each for each in self.read("health", self.jwt).json()["connections"]}
            failing = [name for name, each in health.items() if each["status"] == "failing"]
            self.report.check("the API says so, of this one alone", failing == [SELLER.connection], health)
            told = [name for name, each in health.items() if each["alerted_at"]]
            self.report.check("and that people were told, of this one alone", told == [SELLER.connection], told)
            self.poll()
            again = self.mail(mailbox, SELLER.connection)
            self.report.check("it is told once", again is None, again)

    def notified(self, bootstrap: bytes) -> None:
        """A channel that leaves its notifications in a queue of the merchant's account, and lists its orders once in three minutes."""
        arn = settings()["NotificationQueueArns"]
        sqs = self.emulator.client("sqs")
        queue = sqs.create_queue(QueueName=arn.rsplit(":", 1)[1])["QueueUrl"]
        with self.queued(bootstrap, queue):
            # From now on its list is not read for three minutes, and what it delivers is not stored.
            self.poll()
            with without_permission(self.emulator, self.stack, "WebhookIngestFunction", "sqs:SendMessage"):
                number, _ = self.bought(1)
            with without_permission(self.emulator, self.stack, "ChannelPollFunction", "sqs:ReceiveMessage"):
                self.forget("ChannelPollFunction")
                sqs.send_message(QueueUrl=queue, MessageBody=json.dumps({"order": number}))
                self.poll()
                self.report.check("without the permission to read it, the queue keeps its notification", self.inside(queue) == 1, self.inside(queue))
            self.forget("ChannelPollFunction")
            self.poll()
            self.report.check("with it, what was left in the queue is taken out of it", self.inside(queue) == 0, self.inside(queue))
            self.order(number, 1)
        self.figures()

    @contextmanager
    def queued(self, bootstrap: bytes, queue: str) -> Iterator[None]:
        """The seller's channel leaves its notifications in a queue, until the end."""
        functions, name = self.emulator.client("lambda"), self.stack.resources["ChannelPollFunction"]
        rows, table = self.emulator.client("dynamodb"), self.stack.outputs["TableName"]
        key = {"pk": {"S": "CONNECTIONS"}, "sk": {"S": SELLER.connection}}
        body = rows.get_item(TableName=table, Key=key)["Item"]["body"]["S"]
        plain = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        row = json.loads(body)
        row["settings"] = row.get("settings", {}) | {"notification_queue": queue}
        rows.put_item(TableName=table, Item=key | {"body": {"S": json.dumps(row)}})
        functions.update_function_configuration(
            FunctionName=name, Environment={"Variables": plain | {"SLUIS_E2E_QUEUED_CHANNEL": SELLER.channel}}
        )
        functions.update_function_code(FunctionName=name, ZipFile=bootstrap)
        try:
            yield
        finally:
            functions.update_function_code(FunctionName=name, S3Bucket=BUCKET, S3Key="ChannelPollFunction.zip")
            functions.update_function_configuration(FunctionName=name, Environment={"Variables": plain})
            rows.put_item(TableName=table, Item=key | {"body": {"S": body}})

    def inside(self, queue: str) -> int:
        """Messages of a queue, those under way included."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.emulator.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
        return sum(int(count) for count in found.values())

    def restored(self) -> None:
        """The table goes back to an earlier state: what the shop sold since is read again, and every shop shows what is left."""
        address = backup(self.emulator, self.stack)
        number, _ = self.bought(1)
        self.order(number, 1)
        self.figures()
        self.report.check("the queues run empty before the table is put back", self.comes_true(self.settled), self.waiting())
        halt(self.emulator, self.stack, stopped=True)
        put_back(self.emulator, self.stack, address)
        found = guards(self.emulator, self.stack)
        self.report.check("the table that was put back is protected as before", all(found.values()), found)
        gone = self.read(f"orders/{SELLER.connection}/{number}", self.jwt)
        self.report.check("the table is the earlier one: it does not know the order", gone.status == 404, gone)
        halt(self.emulator, self.stack, stopped=False)
        self.poll()
        self.order(number, 1)
        self.figures()

    def mail(self, mailbox: str, connection: str) -> str | None:
        """A message of the attention topic about a connection that fails."""
        sqs = self.emulator.client("sqs")
        for message in sqs.receive_message(QueueUrl=mailbox, MaxNumberOfMessages=10).get("Messages", []):
            sqs.delete_message(QueueUrl=mailbox, ReceiptHandle=message["ReceiptHandle"])
            if f"{connection}: " in message["Body"] and " since " in message["Body"]:
                return str(message["Body"])
        return None

    def polled_and(self, probe: Callable[[], object | None]) -> object | None:
        """Polls, then looks."""
        self.poll()
        return probe()

    def poll(self) -> None:
        """A poll as its schedule has it run."""
        name = self.stack.resources["ChannelPollFunction"]
        self.emulator.client("lambda").invoke(FunctionName=name, Payload=b'{"task":"poll"}')["Payload"].read()

    def forget(self, function: str) -> None:
        """Has a function start anew."""
        client, name = self.emulator.client("lambda"), self.stack.resources[function]
        variables = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        client.update_function_configuration(FunctionName=name, Environment={"Variables": variables | {"STARTED": str(time.time())}})

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


def _refused(work: Callable[[], object]) -> str:
    """The code of the error that a call ends with; nothing if it is done."""
    try:
        work()
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""


def _holds(said: bytes, connection: str, done: Callable[[Any], bool]) -> bool:
    """Whether a task's summary says what it should of a connection."""
    try:
        told = json.loads(said)
        # The summary is a JSON text of its own where the function answers with a text.
        told = json.loads(told) if isinstance(told, str) else told
        return done(told["connections"][connection])
    except (ValueError, KeyError, TypeError):
        return False
