"""How the rules read a template: by logical ids and plain numbers, after SAM's transform."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from cfnlint.template import Template


def properties(cfn: Template, resource_type: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every resource of a type: its logical id and properties."""
    for name, resource in cfn.get_resources(resource_type).items():
        yield name, resource.get("Properties") or {}


def logical_id(value: Any) -> str | None:
    """The resource that a `Ref` or `Fn::GetAtt` names; `None` if the value is something else."""
    if not isinstance(value, dict) or len(value) != 1:
        return None
    if "Ref" in value:
        return str(value["Ref"])
    attribute = value.get("Fn::GetAtt")
    if isinstance(attribute, str):
        return attribute.split(".", 1)[0]
    return str(attribute[0]) if isinstance(attribute, list) and attribute else None


def dead_letter_queues(cfn: Template) -> set[str]:
    """Logical ids of the queues that something names as its dead-letter queue."""
    found = {
        logical_id((queue.get("RedrivePolicy") or {}).get("deadLetterTargetArn"))
        for _, queue in properties(cfn, "AWS::SQS::Queue")
    }
    for _, rule in properties(cfn, "AWS::Events::Rule"):
        found |= {logical_id((t.get("DeadLetterConfig") or {}).get("Arn")) for t in rule.get("Targets") or []}
    for _, schedule in properties(cfn, "AWS::Scheduler::Schedule"):
        target = schedule.get("Target") or {}
        found.add(logical_id((target.get("DeadLetterConfig") or {}).get("Arn")))
    for _, function in properties(cfn, "AWS::Lambda::Function"):
        found.add(logical_id((function.get("DeadLetterConfig") or {}).get("TargetArn")))
    return {name for name in found if name}


def statements(document: Any) -> list[dict[str, Any]]:
    """The statements of a policy document; one that stands alone counts as a list of one. What a condition may grant counts as granted."""
    found = as_list((document or {}).get("Statement"))
    branches = [each["Fn::If"][1:] if isinstance(each, dict) and "Fn::If" in each else [each] for each in found]
    return [each for several in branches for each in several if each != {"Ref": "AWS::NoValue"}]


def as_list(value: Any) -> list[Any]:
    """A list as it is, nothing as no entries, and anything else as one entry."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def alarmed(alarm: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, str | None]]]:
    """The metrics an alarm looks at: namespace, name, and logical ids by dimension. One that sums several looks at each."""
    metrics = [each["MetricStat"]["Metric"] for each in alarm.get("Metrics") or [] if "MetricStat" in each]
    for metric in metrics or [alarm]:
        dimensions = {each["Name"]: logical_id(each.get("Value")) for each in metric.get("Dimensions") or []}
        yield str(metric.get("Namespace")), str(metric.get("MetricName")), dimensions


def routes(cfn: Template) -> Iterator[tuple[str, str, bool, str | None]]:
    """Every route of every HTTP API: the API, the route's key, whether it asks who is there, and the function behind it."""
    for api, found in properties(cfn, "AWS::ApiGatewayV2::Api"):
        for path, methods in ((found.get("Body") or {}).get("paths") or {}).items():
            for method, operation in methods.items():
                uri = (operation.get("x-amazon-apigateway-integration") or {}).get("uri")
                text = uri.get("Fn::Sub", "") if isinstance(uri, dict) else str(uri)
                behind = re.search(r"\$\{(\w+)\.Arn\}", text if isinstance(text, str) else text[0])
                verb = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
                yield api, f"{verb} {path}", bool(operation.get("security")), behind.group(1) if behind else None


def role_of(cfn: Template, function: str) -> dict[str, Any]:
    """The role of a function, as its properties."""
    functions = dict(properties(cfn, "AWS::Lambda::Function"))
    role = logical_id((functions.get(function) or {}).get("Role"))
    return dict(properties(cfn, "AWS::IAM::Role")).get(role or "", {})
