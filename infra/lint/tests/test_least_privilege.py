"""Each function may do what it does and nothing else: the roles of the template against `docs/access.md`, in both directions.

That page is what the functions were seen to call (`tests/access`). So no permission can be taken away, and none added, without a test here
that fails.
"""

from __future__ import annotations

import copy
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

LINT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(LINT))

from iam import KEYS, VALUES, Request, Statement, allows, fits, name, policy
from reading import as_list
from translate import translate

PLAIN = translate((LINT.parent / "template.yaml").read_text(encoding="utf-8"))["Resources"]
PAGE = (LINT.parents[1] / "docs" / "access.md").read_text(encoding="utf-8")
FUNCTIONS = sorted(name for name, each in PLAIN.items() if each["Type"] == "AWS::Lambda::Function")
SSM = f"arn:aws:ssm:{VALUES['AWS::Region']}:{VALUES['AWS::AccountId']}:parameter/sluis/{VALUES['Environment']}/"
ROW = re.compile(r"^\| (?P<action>[a-z0-9]+:[A-Za-z]+) \| (?P<on>\S+) \| (?P<partitions>[^|]*) \|$")


def needed() -> dict[str, list[Request]]:
    """By function, a request of each kind that it was seen to make: one for each sort of partition."""
    found: dict[str, list[Request]] = {}
    for section in PAGE.split("\n## ")[1:]:
        title, _, text = section.partition("\n")
        function = "".join(part.capitalize() for part in title.split("-")) + "Function"
        rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| action")]
        found[function] = [request for line in rows for request in _requests(line)]
    return found


def _requests(line: str) -> Iterator[Request]:
    row = ROW.match(line)
    assert row, f"not understood: {line}"
    action, on = row["action"], row["on"]
    partitions = re.findall(r"`([^`]+)`", row["partitions"])
    assert bool(partitions) == (on == "Table"), line
    if on.endswith("/*"):
        yield Request(action, f"{SSM}{on[:-1]}webshop/")
    elif not partitions:
        yield Request(action, on)
    for partition in partitions:
        yield Request(action, on, (partition.replace("*", "1"),))


NEEDED = needed()


def permissions(statements: list[Statement]) -> list[tuple[int, str, int]]:
    """Each single permission: the statement, the action, and the place of the resource."""
    return [
        (number, action, place)
        for number, statement in enumerate(statements)
        if statement["Effect"] == "Allow"
        for action in as_list(statement["Action"])
        for place in range(len(as_list(statement["Resource"])))
    ]


def without(statements: list[Statement], taken: tuple[int, str, int]) -> list[Statement]:
    """All statements with one permission taken away and the others left."""
    number, action, place = taken
    left = copy.deepcopy(statements)
    whole = left.pop(number)
    actions, resources = as_list(whole["Action"]), as_list(whole["Resource"])
    others = [each for each in actions if each != action]
    rest = [each for at, each in enumerate(resources) if at != place]
    return [*left, {**whole, "Action": others}, {**whole, "Action": action, "Resource": rest}]


def is_missed(statements: list[Statement], taken: tuple[int, str, int], requests: list[Request]) -> bool:
    """Whether something that is needed is no longer allowed."""
    return any(not allows(without(statements, taken), request) for request in requests)


def partitions_not_needed(statement: Statement, requests: list[Request]) -> list[str]:
    """The partitions that a permission names and none of its actions needs."""
    actions = as_list(statement["Action"])
    used = {each.partitions[0] for each in requests if each.action in actions and each.partitions}
    named = [as_list(asked[KEYS]) for operator, asked in (statement.get("Condition") or {}).items() if operator != "Null"]
    return [pattern for patterns in named for pattern in patterns if not any(fits(pattern, partition) for partition in used)]


def called(one: tuple[str, tuple[int, str, int]]) -> str:
    """Which permission a test is about."""
    function, (number, action, place) = one
    statement = policy(PLAIN, function)[number]
    return f"{function}-{action}-{name(as_list(statement['Resource'])[place]).rsplit('/test/')[-1]}"


SINGLE = [(function, taken) for function in FUNCTIONS for taken in permissions(policy(PLAIN, function))]


def test_the_page_is_about_every_function_and_no_other() -> None:
    assert sorted(NEEDED) == FUNCTIONS
    assert all(NEEDED.values())


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_is_needed_is_granted(function: str) -> None:
    assert [request for request in NEEDED[function] if not allows(policy(PLAIN, function), request)] == []


@pytest.mark.parametrize("one", SINGLE, ids=called)
def test_a_permission_that_is_taken_away_is_missed(one: tuple[str, tuple[int, str, int]]) -> None:
    """So nothing is granted that is not needed, and nothing twice."""
    function, taken = one
    assert is_missed(policy(PLAIN, function), taken, NEEDED[function])


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_partition_that_a_permission_names_is_needed(function: str) -> None:
    allowed = [statement for statement in policy(PLAIN, function) if statement["Effect"] == "Allow"]
    assert [pattern for statement in allowed for pattern in partitions_not_needed(statement, NEEDED[function])] == []


def test_sam_adds_what_consumes_a_queue_and_writes_the_log_and_nothing_else() -> None:
    """Roles have managed policies besides, and inline ones that no statement of the template is."""
    for function in FUNCTIONS:
        role = next(each for name, each in PLAIN.items() if name == f"{function}Role")["Properties"]
        managed = {str(each["Fn::Sub"] if isinstance(each, dict) else each).rsplit("/", 1)[-1] for each in role.get("ManagedPolicyArns", [])}
        consumes = function in ("OrderIntakeFunction", "StockFanoutFunction", "OrderUpdatesFunction")
        assert managed == {"AWSLambdaBasicExecutionRole"} | ({"AWSLambdaSQSQueueExecutionRole"} if consumes else set()), function


SPARE = {
    "an action": {"Action": "dynamodb:DeleteItem", "Resource": {"Ref": "Table"}},
    "a resource": {"Action": "sqs:SendMessage", "Resource": {"Ref": "OrderUpdatesQueue"}},
    "the same again": {"Action": "sqs:SendMessage", "Resource": {"Ref": "InboundQueue"}},
}


@pytest.mark.parametrize("spare", SPARE)
def test_what_is_granted_and_not_needed_would_be_found(spare: str) -> None:
    function = "WebhookIngestFunction"
    more = [*policy(PLAIN, function), {"Sid": "Spare", "Effect": "Allow", **SPARE[spare]}]
    assert not is_missed(more, permissions(more)[-1], NEEDED[function])


def test_a_partition_that_is_named_and_not_needed_would_be_found() -> None:
    function = "WebhookIngestFunction"
    reads = next(copy.deepcopy(each) for each in policy(PLAIN, function) if each["Action"] == "dynamodb:GetItem")
    reads["Condition"]["ForAllValues:StringLike"][KEYS].append("ORDER#*")
    assert partitions_not_needed(reads, NEEDED[function]) == ["ORDER#*"]
