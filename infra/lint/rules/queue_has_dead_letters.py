"""E9101: a message that fails for good must not be lost without a word."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template
from reading import dead_letter_queues, properties


class QueueHasDeadLetters(CloudFormationLintRule):
    id = "E9101"
    shortdesc = "Every queue has a dead-letter queue"
    description = "A queue has a RedrivePolicy, unless it is itself the dead-letter queue of something."
    tags = ["sluis"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        dead = dead_letter_queues(cfn)
        return [
            RuleMatch(["Resources", name], f"{name}: add a RedrivePolicy, or name it as the dead-letter queue of another")
            for name, queue in properties(cfn, "AWS::SQS::Queue")
            if name not in dead and not (queue.get("RedrivePolicy") or {}).get("deadLetterTargetArn")
        ]
