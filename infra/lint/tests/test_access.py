"""What each function may do and may not, worked out from the policies that SAM makes of the template (`iam.py`).

The emulator knows neither `dynamodb:LeadingKeys` nor the path of `ssm:GetParametersByPath`, so this is where they are held.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

LINT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(LINT))

from iam import Request, allows, policy
from translate import translate

PLAIN = translate((LINT.parent / "template.yaml").read_text(encoding="utf-8"))["Resources"]
SSM = "arn:aws:ssm:eu-central-1:123456789012:parameter/sluis/test/"


def may(function: str, action: str, resource: str, key: str | None = None) -> bool:
    """Whether a function may do something to a resource, and to rows of a partition."""
    return allows(policy(PLAIN, function), Request(action, resource, None if key is None else (key,)))


INGEST = "WebhookIngestFunction"
INDEX = "ReadModelFunction"
FUNCTIONS = sorted(name for name, each in PLAIN.items() if each["Type"] == "AWS::Lambda::Function")
GET, QUERY, PUT, UPDATE, DELETE = (f"dynamodb:{each}" for each in ("GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem"))
PARAMETERS = "ssm:GetParametersByPath"


@pytest.mark.parametrize("key", ["CONNECTIONS", "CONNECTION#webshop", "SKU#LAMP", "PARKED", "SCHEMA"])
def test_what_takes_deliveries_reads_what_it_must(key: str) -> None:
    assert may(INGEST, GET, "Table", key)


@pytest.mark.parametrize(
    "key",
    ["TOKEN#webshop", "ORDER#webshop#1001", "LEDGER#LAMP", "JOURNAL#2026-11-21", "PARKED_BODY", "OUTBOX", "SETTINGS", "DRIFT", None],
)
def test_what_takes_deliveries_reads_no_row_that_is_not_its_business(key: str | None) -> None:
    assert not may(INGEST, GET, "Table", key)


@pytest.mark.parametrize("key", ["CONNECTIONS", "CONNECTION#webshop", "TOKEN#webshop", "SKU#LAMP", "ORDER#webshop#1001", None])
@pytest.mark.parametrize("action", [PUT, UPDATE, DELETE])
def test_what_takes_deliveries_writes_nothing_but_what_it_parks(action: str, key: str | None) -> None:
    assert not may(INGEST, action, "Table", key)
    assert may(INGEST, PUT, "Table", "PARKED") and may(INGEST, PUT, "Table", "PARKED_BODY")
    assert not may(INGEST, UPDATE, "Table", "PARKED") and not may(INGEST, DELETE, "Table", "PARKED")


@pytest.mark.parametrize("action", [QUERY, "dynamodb:Scan", "dynamodb:BatchGetItem"])
def test_what_takes_deliveries_lists_nothing(action: str) -> None:
    assert not any(may(INGEST, action, "Table", key) for key in ("CONNECTIONS", "CONNECTION#webshop", None))


@pytest.mark.parametrize("connection", ["webshop", "market"])
def test_what_takes_deliveries_reads_what_they_are_signed_with_and_no_credentials(connection: str) -> None:
    assert may(INGEST, PARAMETERS, f"{SSM}webhooks/{connection}/")
    assert not may(INGEST, PARAMETERS, f"{SSM}credentials/{connection}/")
    assert not may(INGEST, PARAMETERS, f"{SSM.replace('/test/', '/prod/')}webhooks/{connection}/"), "another stack's"
    for whole in ("", "credentials/", "webhook"):
        assert not may(INGEST, PARAMETERS, f"{SSM}{whole}")
    assert not any(may(INGEST, f"ssm:{each}", f"{SSM}webhooks/{connection}/x") for each in ("GetParameter", "PutParameter"))


def test_what_takes_deliveries_sends_no_events_and_tells_no_channel() -> None:
    assert may(INGEST, "sqs:SendMessage", "InboundQueue") and may(INGEST, "sqs:SendMessage", "StockHintsQueue")
    assert not may(INGEST, "sqs:SendMessage", "OrderUpdatesQueue")
    assert not may(INGEST, "events:PutEvents", "Bus")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_nobody_reads_another_stack_or_scans_or_administers(function: str) -> None:
    other = SSM.replace("/test/", "/prod/")
    assert not any(may(function, PARAMETERS, f"{other}{folder}/webshop/") for folder in ("credentials", "webhooks"))
    for action in ("dynamodb:Scan", "dynamodb:DeleteTable", "dynamodb:UpdateTable", "dynamodb:DescribeTable"):
        assert not may(function, action, "Table", "CONNECTIONS")
    for action in ("ssm:PutParameter", "ssm:GetParameter", "ssm:DescribeParameters"):
        assert not may(function, action, f"{SSM}credentials/webshop/client_secret")
    assert not may(function, "sns:Publish", "AttentionTopic")


def test_people_get_no_credentials_through_the_api() -> None:
    assert not any(may("ApiFunction", PARAMETERS, f"{SSM}{folder}/webshop/") for folder in ("credentials", "webhooks"))


@pytest.mark.parametrize("action", [GET, QUERY, PUT, UPDATE, DELETE])
def test_people_reach_every_row_but_tokens_through_the_api(action: str) -> None:
    for key in ("ORDER#webshop#1001", "CONNECTIONS", "CONNECTION#webshop", "SKU#LAMP", "SETTINGS", "OUTBOX", "TOKENS"):
        assert may("ApiFunction", action, "Table", key), key
    assert not may("ApiFunction", action, "Table", "TOKEN#webshop")
    several = Request(action, "Table", ("SKU#LAMP", "TOKEN#webshop"))
    assert not allows(policy(PLAIN, "ApiFunction"), several), "nor hidden among others"


@pytest.mark.parametrize("function", [each for each in FUNCTIONS if each != "ApiFunction" and each != INGEST])
def test_what_calls_channels_reads_their_tokens(function: str) -> None:
    assert may(function, GET, "Table", "TOKEN#webshop")


@pytest.mark.parametrize("function", [each for each in FUNCTIONS if each not in (INGEST, "ApiFunction", INDEX)])
def test_what_calls_channels_reads_the_credentials_in_both_folders(function: str) -> None:
    assert all(may(function, PARAMETERS, f"{SSM}{folder}/webshop/") for folder in ("credentials", "webhooks"))


@pytest.mark.parametrize("key", ["ORDERS", "ORDERS#to_ship", "FIND#abc", "FIND_PRODUCT#lam", "CATALOGUE_INDEX", "INDEX"])
def test_what_keeps_the_index_writes_it(key: str) -> None:
    assert may(INDEX, PUT, "Table", key) and may(INDEX, DELETE, "Table", key)


@pytest.mark.parametrize("key", ["ORDER#webshop#1001", "SKU#LAMP", "LEDGER#LAMP", "JOURNAL#2026-11-21", "CONNECTIONS", "CATALOGUE", "TOKEN#webshop", "INVOICES_DUE", None])
def test_what_keeps_the_index_writes_nothing_else_and_calls_nobody(key: str | None) -> None:
    assert not any(may(INDEX, action, "Table", key) for action in (PUT, UPDATE, DELETE))
    assert not any(may(INDEX, PARAMETERS, f"{SSM}{folder}/webshop/") for folder in ("credentials", "webhooks"))
    assert not any(may(INDEX, "sqs:SendMessage", queue) for queue in ("InboundQueue", "StockHintsQueue", "OrderUpdatesQueue"))
    assert not may(INDEX, "events:PutEvents", "Bus")
