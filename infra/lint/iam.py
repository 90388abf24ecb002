"""What a role may do: the part of IAM's rules that the template uses, worked out without an account.

Everything is denied that no statement allows, and what a statement denies no other allows. Actions are compared in small and large letters
alike, `*` and `?` stand for what they stand for in IAM, and a condition on a key that a request may have several values of is for all of
them. A condition this file does not know is an error: nothing is taken to hold that nobody looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from reading import as_list, logical_id, statements

# The partitions that a request to DynamoDB names.
KEYS = "dynamodb:LeadingKeys"
# What pseudo parameters and parameters stand for where a role is looked at.
VALUES = {"AWS::Partition": "aws", "AWS::Region": "eu-central-1", "AWS::AccountId": "123456789012", "Environment": "test"}

Statement = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """What somebody asks AWS for."""

    action: str
    # A logical id of the template, or an address.
    resource: str
    # The partitions it names; `None`: it names none.
    partitions: tuple[str, ...] | None = None


def policy(resources: dict[str, Any], function: str) -> list[Statement]:
    """The statements of a function's role, written in the template."""
    role = resources[logical_id(resources[function]["Properties"]["Role"]) or ""]
    return [each for one in role["Properties"].get("Policies") or [] for each in statements(one["PolicyDocument"])]


def name(resource: Any) -> str:
    """A resource as a text: its logical id, or its address with the values put in."""
    if isinstance(resource, dict) and "Fn::Sub" in resource:
        text = str(resource["Fn::Sub"])
        # Things of one name within a resource of the template: that resource.
        if within := re.fullmatch(r"\$\{(\w+)\.Arn\}/.*", text):
            return within[1]
        for variable, value in VALUES.items():
            text = text.replace(f"${{{variable}}}", value)
        assert "${" not in text, f"{text}: nobody knows what stands there"
        return text
    return logical_id(resource) or str(resource)


def allows(policy: Sequence[Statement], request: Request) -> bool:
    """Whether a request is allowed."""
    about = [statement for statement in policy if _is_about(statement, request)]
    return any(each["Effect"] == "Allow" for each in about) and not any(each["Effect"] == "Deny" for each in about)


def fits(pattern: str, text: str) -> bool:
    """Whether a text fits a pattern of IAM's: `*` is any text, `?` one letter, and nothing else means anything."""
    parts = (".*" if one == "*" else "." if one == "?" else re.escape(one) for one in pattern)
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


def _is_about(statement: Statement, request: Request) -> bool:
    assert statement["Effect"] in ("Allow", "Deny"), statement
    assert not {"NotAction", "NotResource", "Principal", "NotPrincipal"} & set(statement), statement
    return (
        any(fits(str(each).lower(), request.action.lower()) for each in as_list(statement["Action"]))
        and any(fits(name(each), request.resource) for each in as_list(statement["Resource"]))
        and all(_holds(operator, asked, request) for operator, asked in (statement.get("Condition") or {}).items())
    )


def _holds(operator: str, asked: dict[str, Any], request: Request) -> bool:
    assert set(asked) == {KEYS}, f"no condition on {set(asked)} is known here"
    wanted = [str(each) for each in as_list(asked[KEYS])]
    values = request.partitions or ()
    match operator:
        case "Null":
            return (not values) == (wanted == ["true"])
        # For all values of none is true.
        case "ForAllValues:StringLike":
            return all(_any_fits(wanted, value) for value in values)
        case "ForAllValues:StringEquals":
            return all(value in wanted for value in values)
        # For any value of none is false.
        case "ForAnyValue:StringLike":
            return any(_any_fits(wanted, value) for value in values)
        case "ForAnyValue:StringEquals":
            return any(value in wanted for value in values)
    raise AssertionError(f"the condition {operator} is not known here")


def _any_fits(patterns: Iterable[str], value: str) -> bool:
    return any(fits(pattern, value) for pattern in patterns)
