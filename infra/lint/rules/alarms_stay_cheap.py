"""E9103: the whole stack idles for little; alarms must not become its largest cost."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template
from reading import alarmed, properties

# Ten are free; eleven more cost a dollar and ten cents a month together. A function more is a metric more (ADR 37).
MOST = 21


class AlarmsStayCheap(CloudFormationLintRule):
    id = "E9103"
    shortdesc = "Alarms stay cheap"
    description = "Alarms are paid for by the metrics they look at: an account has ten for nothing, and this stack at most eleven more."
    source_url = "https://aws.amazon.com/cloudwatch/pricing/"
    tags = ["sluis"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        names = [name for name, alarm in properties(cfn, "AWS::CloudWatch::Alarm") for _ in alarmed(alarm)]
        return [
            RuleMatch(["Resources", name], f"{name}: alarms look at {len(names)} metrics, at most {MOST} are wanted; leave some out")
            for name in sorted(set(names[MOST:]))
        ]
