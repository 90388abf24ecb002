"""E9114: queues that are not of this stack are read by name, by one function, and only where somebody named them."""

import re
from collections.abc import Iterator
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template
from reading import as_list, logical_id, properties, role_of, statements

READER = "ChannelPollFunction"
MAY = {"sqs:ReceiveMessage", "sqs:DeleteMessage"}
# No pattern may let these in.
TOO_MUCH = ["*", "arn:aws:sqs:*:*:*", "arn:aws:sqs:eu-central-1:123456789012:*", "arn:aws:sqs:eu-central-1:123456789012:orders?"]


class QueuesOfOthersAreNamed(CloudFormationLintRule):
    id = "E9114"
    shortdesc = "Queues of the merchant's own are read by name"
    description = "A parameter that permissions are about is empty by default and lets no wildcard in; the poll alone reads what it names."
    tags = ["sluis"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [RuleMatch([section, name], f"{name}: {complaint}") for section, name, complaint in self._complaints(cfn)]

    def _complaints(self, cfn: Template) -> Iterator[tuple[str, str, str]]:
        parameters = cfn.template.get("Parameters") or {}
        named: set[str] = set()
        for function, _ in properties(cfn, "AWS::Lambda::Function"):
            for document in self._documents(cfn, function):
                always = [each for each in as_list((document or {}).get("Statement")) if "Fn::If" not in each]
                for statement in statements(document):
                    about = {name for each in as_list(statement.get("Resource")) if (name := logical_id(each)) in parameters}
                    named |= about
                    actions = set(as_list(statement.get("Action")))
                    if about and (function != READER or not actions <= MAY):
                        yield "Resources", function, f"only {READER} takes what is left in {', '.join(sorted(about))}, and does nothing else there"
                    if about and statement in always:
                        yield "Resources", function, f"grant it only where {', '.join(sorted(about))} names something"
        for name in sorted(named):
            pattern = str(parameters[name].get("AllowedPattern") or ".*")
            if parameters[name].get("Default") != "":
                yield "Parameters", name, "is empty by default: nobody else knows whose queues they are"
            if any(re.fullmatch(pattern, each) for each in TOO_MUCH):
                yield "Parameters", name, "its pattern lets wildcards in"

    @staticmethod
    def _documents(cfn: Template, function: str) -> list[Any]:
        return [policy.get("PolicyDocument") for policy in role_of(cfn, function).get("Policies") or []]
