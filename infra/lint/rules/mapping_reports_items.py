"""E9104: one bad message must not bring nine good ones back."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template
from reading import as_list, properties


class MappingReportsItems(CloudFormationLintRule):
    id = "E9104"
    shortdesc = "Every mapping reports failures one by one"
    description = "An event source mapping has FunctionResponseTypes: [ReportBatchItemFailures]."
    tags = ["sluis"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(["Resources", name], f"{name}: add FunctionResponseTypes: [ReportBatchItemFailures]")
            for name, mapping in properties(cfn, "AWS::Lambda::EventSourceMapping")
            if "ReportBatchItemFailures" not in as_list(mapping.get("FunctionResponseTypes"))
        ]
