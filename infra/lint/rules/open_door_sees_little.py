"""E9112: what anybody can call must not be a way to everything."""

from collections.abc import Iterator
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template
from reading import as_list, role_of, routes, statements

KEYS = "dynamodb:LeadingKeys"
# Beginnings of partition keys that hold no order, no person and no token (shared/engine/src/rows/mod.rs).
READS = {"CONNECTIONS", "CONNECTION#*", "SKU#*", "PARKED", "SCHEMA"}
WRITES = {"PARKED", "PARKED_BODY"}
READING = {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}


class OpenDoorSeesLittle(CloudFormationLintRule):
    id = "E9112"
    shortdesc = "A function without an authorizer reaches few rows and no credentials"
    description = "Its statements about tables name the partitions, and of the parameters it reads those under webhooks/ alone."
    tags = ["sluis"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        functions = {function for _, _, asks, function in routes(cfn) if not asks and function}
        return [
            RuleMatch(["Resources", function], f"{function}: {complaint}")
            for function in sorted(functions)
            for policy in role_of(cfn, function).get("Policies") or []
            for statement in statements(policy.get("PolicyDocument"))
            for complaint in self._complaints(statement)
        ]

    def _complaints(self, statement: dict[str, Any]) -> Iterator[str]:
        actions = {str(action) for action in as_list(statement.get("Action"))}
        if any(action.startswith("dynamodb:") for action in actions):
            yield from self._about_rows(actions, statement.get("Condition") or {})
        if any(action.startswith("ssm:") for action in actions):
            for resource in as_list(statement.get("Resource")):
                text = resource.get("Fn::Sub", "") if isinstance(resource, dict) else str(resource)
                if not str(text).endswith("/webhooks/*"):
                    yield "let it read parameters under webhooks/ alone"

    @staticmethod
    def _about_rows(actions: set[str], condition: dict[str, Any]) -> Iterator[str]:
        keys: set[str] = set()
        for operator in ("ForAllValues:StringLike", "ForAllValues:StringEquals"):
            keys |= {str(key) for key in as_list((condition.get(operator) or {}).get(KEYS))}
        if not keys:
            yield f"name the partitions with a condition on {KEYS}"
        if (condition.get("Null") or {}).get(KEYS) != "false":
            yield f"refuse requests without keys: Null, {KEYS}, false"
        allowed = READS if actions <= READING else WRITES
        for key in sorted(keys - allowed):
            yield f"leave the partition `{key}` out"
