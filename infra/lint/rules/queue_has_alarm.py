"""E9102: a queue nobody looks at is a place to lose orders in."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template
from reading import dead_letter_queues, logical_id, properties

AGE = "ApproximateAgeOfOldestMessage"
VISIBLE = "ApproximateNumberOfMessagesVisible"


class QueueHasAlarm(CloudFormationLintRule):
    id = "E9102"
    shortdesc = "Every queue has its alarm"
    description = "A queue has an alarm on the age of its oldest message; a dead-letter queue has one on any message at all."
    tags = ["sluis"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        watched = {
            (logical_id(dimension.get("Value")), alarm.get("MetricName"))
            for _, alarm in properties(cfn, "AWS::CloudWatch::Alarm")
            if alarm.get("AlarmActions")
            for dimension in alarm.get("Dimensions") or []
            if dimension.get("Name") == "QueueName"
        }
        dead = dead_letter_queues(cfn)
        wanted = [(name, VISIBLE if name in dead else AGE) for name, _ in properties(cfn, "AWS::SQS::Queue")]
        return [
            RuleMatch(["Resources", name], f"{name}: add an alarm with an action on {metric}")
            for name, metric in wanted
            if (name, metric) not in watched
        ]
