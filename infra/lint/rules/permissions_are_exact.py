"""E9106: a function may do what it does, and nothing else."""

from collections.abc import Iterator
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template
from reading import as_list, properties, statements


class PermissionsAreExact(CloudFormationLintRule):
    id = "E9106"
    shortdesc = "Permissions name exact actions on exact resources"
    description = "No action holds a `*`, no statement is for every resource, and none allows all but some."
    tags = ["sluis"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(path, f"{path[1]}: {complaint}")
            for path, document in self._documents(cfn)
            for statement in statements(document)
            if statement.get("Effect") == "Allow"
            for complaint in self._complaints(statement)
        ]

    @staticmethod
    def _documents(cfn: Template) -> Iterator[tuple[list[str], Any]]:
        for kind in ("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"):
            for name, role in properties(cfn, kind):
                for policy in role.get("Policies") or []:
                    yield ["Resources", name], policy.get("PolicyDocument")
        for kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"):
            for name, policy in properties(cfn, kind):
                yield ["Resources", name], policy.get("PolicyDocument")

    @staticmethod
    def _complaints(statement: dict[str, Any]) -> Iterator[str]:
        for action in as_list(statement.get("Action")):
            if "*" in str(action):
                yield f"name the actions instead of `{action}`"
        if "*" in as_list(statement.get("Resource")):
            yield "name the resources instead of `*`"
        if "NotAction" in statement or "NotResource" in statement:
            yield "name what is allowed instead of what is not"
