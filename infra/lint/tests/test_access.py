"""What each function may do and may not, worked out from the policies that SAM makes of the template.

The emulator knows neither `dynamodb:LeadingKeys` nor the path of `ssm:GetParametersByPath`, so this is where they are held. A small part of
IAM's rules: everything is denied that no statement allows, and the conditions are those that the template uses.
"""

from __future__ import annotations

import fnmatch
import sys
from pathlib import Path
from typing import Any

import pytest

LINT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(LINT))

from reading import as_list, logical_id, statements
from translate import translate

PLAIN = translate((LINT.parent / "template.yaml").read_text(encoding="utf-8"))["Resources"]
SSM = "arn:aws:ssm:eu-central-1:123456789012:parameter/sluis/test/"
VALUES = {"AWS::Partition": "aws", "AWS::Region": "eu-central-1", "AWS::AccountId": "123456789012", "Environment": "test"}
KEYS = "dynamodb:LeadingKeys"


def policy(function: str) -> list[dict[str, Any]]:
    """The statements of a function's role."""
    role = PLAIN[logical_id(PLAIN[function]["Properties"]["Role"]) or ""]
    return [each for one in role["Properties"].get("Policies") or [] for each in statements(one["PolicyDocument"])]


def name(resource: Any) -> str:
    """A resource as a text: its logical id, or its address with the values of this test put in."""
    if isinstance(resource, dict) and "Fn::Sub" in resource:
        text = str(resource["Fn::Sub"])
        for variable, value in VALUES.items():
            text = text.replace(f"${{{variable}}}", value)
        return text
    return logical_id(resource) or str(resource)


def holds(condition: dict[str, Any], key: str | None) -> bool:
    """Whether a statement's conditions hold for a request about one partition; `None`: it names none."""
    for operator, asked in condition.items():
        assert set(asked) == {KEYS}, f"this test knows no condition on {set(asked)}"
        wanted = [str(each) for each in as_list(asked[KEYS])]
        if operator == "Null":
            fits = (key is None) == (wanted == ["true"])
        elif operator == "ForAllValues:StringLike":
            fits = key is None or any(fnmatch.fnmatchcase(key, each) for each in wanted)
        elif operator == "ForAllValues:StringEquals":
            fits = key is None or key in wanted
        else:
            raise AssertionError(f"this test does not know {operator}")
        if not fits:
            return False
    return True


def may(function: str, action: str, resource: str, key: str | None = None) -> bool:
    """Whether a function may do something to a resource, and to rows of a partition."""
    assert all(statement["Effect"] == "Allow" for statement in policy(function))
    return any(
        action in as_list(statement["Action"])
        and any(fnmatch.fnmatchcase(resource, name(each)) for each in as_list(statement["Resource"]))
        and holds(statement.get("Condition") or {}, key)
        for statement in policy(function)
    )


INGEST = "WebhookIngestFunction"
FUNCTIONS = sorted(name for name, each in PLAIN.items() if each["Type"] == "AWS::Lambda::Function")
GET, QUERY, PUT, UPDATE, DELETE = (f"dynamodb:{each}" for each in ("GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem"))
PARAMETERS = "ssm:GetParametersByPath"


@pytest.mark.parametrize("key", ["CONNECTIONS", "CONNECTION#webshop", "SKU#LAMP", "PARKED", "WARM-UP"])
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


def test_people_get_no_credentials_through_the_dashboard() -> None:
    assert not any(may("DashboardFunction", PARAMETERS, f"{SSM}{folder}/webshop/") for folder in ("credentials", "webhooks"))


@pytest.mark.parametrize("function", [each for each in FUNCTIONS if each not in (INGEST, "DashboardFunction")])
def test_what_calls_channels_reads_the_credentials_in_both_folders(function: str) -> None:
    assert all(may(function, PARAMETERS, f"{SSM}{folder}/webshop/") for folder in ("credentials", "webhooks"))
