"""E9114: what is not of this stack, queues and the identity that mails are sent from, is used by name, by one function, and only where somebody named it."""

import re
from collections.abc import Iterator
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template
from reading import as_list, logical_id, properties, role_of, statements

# Who may do what with what a parameter names.
MAY = {
    "NotificationQueueArns": ("ChannelPollFunction", {"sqs:ReceiveMessage", "sqs:DeleteMessage"}),
    "MailIdentityArn": ("InvoiceGenerationFunction", {"ses:SendRawEmail"}),
}
# No pattern may let these in.
TOO_MUCH = [
    "*",
    "arn:aws:sqs:*:*:*",
    "arn:aws:sqs:eu-central-1:123456789012:*",
    "arn:aws:sqs:eu-central-1:123456789012:orders?",
    "arn:aws:ses:*:*:*",
    "arn:aws:ses:eu-central-1:123456789012:identity/*",
]


class ThingsOfOthersAreNamed(CloudFormationLintRule):
    id = "E9114"
    shortdesc = "What is the merchant's own is used by name"
    description = "A parameter that permissions are about is empty by default and lets no wildcard in; one function alone uses what it names."
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
                    for name in sorted(about):
                        user, may = MAY.get(name, ("nobody", set()))
                        if function != user or not actions <= may:
                            yield "Resources", function, f"only {user} uses {name}, for {', '.join(sorted(may))}"
                    if about and statement in always:
                        yield "Resources", function, f"grant it only where {', '.join(sorted(about))} names something"
        for name in sorted(named):
            pattern = str(parameters[name].get("AllowedPattern") or ".*")
            if parameters[name].get("Default") != "":
                yield "Parameters", name, "is empty by default: nobody else knows what is there"
            if any(re.fullmatch(pattern, each) for each in TOO_MUCH):
                yield "Parameters", name, "its pattern lets wildcards in"

    @staticmethod
    def _documents(cfn: Template, function: str) -> list[Any]:
        return [policy.get("PolicyDocument") for policy in role_of(cfn, function).get("Policies") or []]
