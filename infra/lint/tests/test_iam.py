"""The part of IAM's rules that `iam.py` works out, rule by rule."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

LINT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(LINT))

from iam import KEYS, Request, allows, fits, name


def statement(**parts: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": {"Fn::GetAtt": ["Table", "Arn"]}} | parts


def get(*partitions: str) -> Request:
    return Request("dynamodb:GetItem", "Table", partitions or None)


def test_what_nobody_allows_is_denied_and_what_is_allowed_is_that_alone() -> None:
    assert not allows([], get("A"))
    assert allows([statement()], get("A")) and allows([statement()], get())
    assert not allows([statement()], Request("dynamodb:Query", "Table"))
    assert not allows([statement()], Request("dynamodb:GetItem", "Other"))
    assert allows([statement(Action=["x:Y", "dynamodb:getitem"], Resource=["Other", "Table"])], get())


def test_one_denial_is_stronger_than_any_permission() -> None:
    keys = {"ForAnyValue:StringLike": {KEYS: ["TOKEN#*"]}}
    both = [statement(), statement(Effect="Deny", Condition=keys)]
    assert allows(both, get("SKU#1")) and allows(both, get())
    assert not allows(both, get("TOKEN#webshop"))
    assert not allows(both, get("SKU#1", "TOKEN#webshop")), "one of several is enough"
    assert not allows([statement(Effect="Deny")], get())


def test_partitions_that_are_named_hold_for_every_one_of_them() -> None:
    named = [statement(Condition={"ForAllValues:StringLike": {KEYS: ["SKU#*", "PARKED"]}})]
    assert allows(named, get("SKU#1")) and allows(named, get("SKU#1", "PARKED"))
    assert not allows(named, get("PARKED_BODY")) and not allows(named, get("SKU#1", "TOKEN#x"))
    assert allows(named, get()), "for all of none is true"
    refused = [statement(Condition={"ForAllValues:StringLike": {KEYS: "SKU#*"}, "Null": {KEYS: "false"}})]
    assert allows(refused, get("SKU#1")) and not allows(refused, get())
    exact = [statement(Condition={"ForAllValues:StringEquals": {KEYS: ["SKU#*"]}})]
    assert allows(exact, get("SKU#*")) and not allows(exact, get("SKU#1"))
    assert not allows([statement(Condition={"Null": {KEYS: "true"}})], get("A"))


@pytest.mark.parametrize(
    ("pattern", "text", "holds"),
    [
        ("a*c", "abbc", True),
        ("a*c", "abbcd", False),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("*", "a/b\nc", True),
        ("a.c", "abc", False),
        ("[ab]", "a", False),
        ("[ab]", "[ab]", True),
        ("SKU#*", "sku#1", False),
    ],
)
def test_a_pattern_is_iams_and_not_pythons(pattern: str, text: str, holds: bool) -> None:
    assert fits(pattern, text) == holds


def test_an_address_is_written_out_and_what_is_not_known_is_an_error() -> None:
    assert name({"Fn::Sub": "arn:${AWS::Partition}:ssm:${AWS::Region}::parameter/sluis/${Environment}/*"}) == (
        "arn:aws:ssm:eu-central-1::parameter/sluis/test/*"
    )
    assert name({"Fn::GetAtt": ["Table", "Arn"]}) == name({"Ref": "Table"}) == "Table"
    for unknown in (
        statement(Resource={"Fn::Sub": "arn:${Somebody}"}),
        statement(Condition={"StringEquals": {"aws:SourceVpc": "x"}}),
        statement(Condition={"StringNotLike": {KEYS: "x"}}),
        statement(NotAction="x"),
    ):
        with pytest.raises(AssertionError):
            allows([unknown], get("A"))
