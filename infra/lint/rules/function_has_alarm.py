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
        logs = {
            logical_id((function.get("LoggingConfig") or {}).get("LogGroup")): name
            for name, function in properties(cfn, "AWS::Lambda::Function")
        }
        # Metrics that a function's own log lines count: they are missing when it does not come so far.
        counted = {
            str(each.get("MetricName")): logs.get(logical_id(found.get("LogGroupName")))
            for _, found in properties(cfn, "AWS::Logs::MetricFilter")
            for each in found.get("MetricTransformations") or []
        }
        watched = set()
        missed = set()
        for _, alarm in properties(cfn, "AWS::CloudWatch::Alarm"):
            for namespace, metric, dimensions in alarmed(alarm) if alarm.get("AlarmActions") else ():
                if namespace == LAMBDA:
                    watched.add((metric, dimensions.get("FunctionName")))
                if metric in counted and alarm.get("TreatMissingData") == "breaching":
                    missed.add(counted[metric])
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
                text = f"{function}: add an alarm on what its log counts, with missing data breaching"
                found.append(RuleMatch(["Resources", name], text))
        return found
