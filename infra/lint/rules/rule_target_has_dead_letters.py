"""E9108: an event that cannot be delivered for a day must be found again."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template
from reading import properties


class RuleTargetHasDeadLetters(CloudFormationLintRule):
    id = "E9108"
    shortdesc = "Every rule's target has a dead-letter queue"
    description = "EventBridge gives up after 24 hours; with a DeadLetterConfig the event is kept."
    tags = ["sluis"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(["Resources", name], f"{name}: add a DeadLetterConfig to the target `{target.get('Id')}`")
            for name, rule in properties(cfn, "AWS::Events::Rule")
            for target in rule.get("Targets") or []
            if not (target.get("DeadLetterConfig") or {}).get("Arn")
        ]
