"""E9103: the whole stack idles for cents; the eleventh alarm would be among its largest costs."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template
from reading import properties

FREE = 10


class AlarmsAreFree(CloudFormationLintRule):
    id = "E9103"
    shortdesc = "No more alarms than are free"
    description = "An account has ten alarms for nothing; each further one costs as much as thousands of orders."
    tags = ["sluis"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        names = [name for name, _ in properties(cfn, "AWS::CloudWatch::Alarm")]
        return [
            RuleMatch(["Resources", name], f"{name}: {len(names)} alarms, {FREE} are free; join some or leave some out")
            for name in names[FREE:]
        ]
