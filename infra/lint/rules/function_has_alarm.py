"""E9109: a function that fails, is not started, or never runs must ring."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template
from reading import alarmed, logical_id, properties

LAMBDA = "AWS/Lambda"


class FunctionHasAlarm(CloudFormationLintRule):
    id = "E9109"
    shortdesc = "Every function has its alarms"
    description = "Errors and throttles of every function are watched, and what runs every minute rings when it does not run."
    tags = ["sluis"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        watched = set()
        missed = set()
        for _, alarm in properties(cfn, "AWS::CloudWatch::Alarm"):
            for namespace, metric, dimensions in alarmed(alarm) if alarm.get("AlarmActions") else ():
                if namespace == LAMBDA:
                    watched.add((metric, dimensions.get("FunctionName")))
                if metric == "Invocations" and alarm.get("TreatMissingData") == "breaching":
                    missed.add(dimensions.get("FunctionName"))
        names = [name for name, _ in properties(cfn, "AWS::Lambda::Function")]
        found = [
            RuleMatch(["Resources", name], f"{name}: add an alarm with an action on its {metric}")
            for name in names
            for metric in ("Errors", "Throttles")
            # Without a dimension it is the metric of all functions together.
            if (metric, name) not in watched and (metric, None) not in watched
        ]
        for name, schedule in properties(cfn, "AWS::Scheduler::Schedule"):
            function = logical_id((schedule.get("Target") or {}).get("Arn"))
            if schedule.get("ScheduleExpression") == "rate(1 minute)" and function not in missed:
                text = f"{function}: add an alarm on its Invocations that treats missing data as breaching"
                found.append(RuleMatch(["Resources", name], text))
        return found
