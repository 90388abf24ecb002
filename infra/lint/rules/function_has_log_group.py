"""E9107: a log group that Lambda makes by itself is kept, and paid for, for ever."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template
from reading import logical_id, properties


class FunctionHasLogGroup(CloudFormationLintRule):
    id = "E9107"
    shortdesc = "Every function has a log group that forgets"
    description = "A function's LoggingConfig names a log group of this template, and that has RetentionInDays."
    tags = ["sluis"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        forgets = {name for name, group in properties(cfn, "AWS::Logs::LogGroup") if group.get("RetentionInDays")}
        return [
            RuleMatch(["Resources", name], f"{name}: add a log group with RetentionInDays and name it in LoggingConfig")
            for name, function in properties(cfn, "AWS::Lambda::Function")
            if logical_id((function.get("LoggingConfig") or {}).get("LogGroup")) not in forgets
        ]
