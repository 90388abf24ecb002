"""E9113: what needs a person reaches one, and what they are told leads somewhere."""

import re
from collections.abc import Iterator

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template
from reading import as_list, logical_id, properties

EMAIL = "AttentionEmail"
TOPIC = "AttentionTopic"
EVENTS = {"StockShort.v1", "ConnectionFailing.v1", "ConnectionRecovered.v1", "NeedsAttention.v1"}


class SomebodyIsTold(CloudFormationLintRule):
    id = "E9113"
    shortdesc = "Somebody is told, and finds what they are told to look at"
    description = "The address has no default and may not be empty; events for people are routed; logs that alarms name are there."
    tags = ["sluis"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [RuleMatch([section, name], f"{name}: {complaint}") for section, name, complaint in self._complaints(cfn)]

    def _complaints(self, cfn: Template) -> Iterator[tuple[str, str, str]]:
        parameter = (cfn.template.get("Parameters") or {}).get(EMAIL) or {}
        pattern = parameter.get("AllowedPattern")
        if "Default" in parameter or not pattern or re.fullmatch(str(pattern), ""):
            yield "Parameters", EMAIL, "leave the default out, and let the pattern refuse an empty one"
        routed = set()
        for _, rule in properties(cfn, "AWS::Events::Rule"):
            if TOPIC in [logical_id(target.get("Arn")) for target in rule.get("Targets") or []]:
                routed |= set(as_list((rule.get("EventPattern") or {}).get("detail-type")))
        for event in sorted(EVENTS - routed):
            yield "Resources", TOPIC, f"route {event} to it"
        functions = [str((f.get("FunctionName") or {}).get("Fn::Sub")) for _, f in properties(cfn, "AWS::Lambda::Function")]
        names = {name.partition("}-")[2] for name in functions}
        for alarm, found in properties(cfn, "AWS::CloudWatch::Alarm"):
            text = " ".join(str(found.get("AlarmDescription")).split())
            for several in re.findall(r"\blogs? of ([a-z-]+(?:(?:, | and )[a-z]+-?[a-z]+)*)", text):
                for name in re.split(r", | and ", several):
                    if name not in names and name != "the":
                        yield "Resources", alarm, f"it names the log of `{name}`, which is no function here"
