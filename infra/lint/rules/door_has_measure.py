"""E9110: a flood at one door must not shut out those who come by another, and what came is known, but not who."""

import re

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template
from reading import logical_id, properties, routes

# What of a request may be written down: nothing that tells who asked, or about whom.
ALLOWED = re.compile(r"requestTime|requestId|routeKey|status|responseLatency|integrationStatus|error\.responseType")


class DoorHasMeasure(CloudFormationLintRule):
    id = "E9110"
    shortdesc = "Every route has a throttle of its own and an access log without persons"
    description = "A stage names every route in RouteSettings, and logs to a group that forgets, without address, path or claims."
    tags = ["sluis"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        forgets = {name for name, group in properties(cfn, "AWS::Logs::LogGroup") if group.get("RetentionInDays")}
        known = list(routes(cfn))
        found = []
        for name, stage in properties(cfn, "AWS::ApiGatewayV2::Stage"):
            api, settings = logical_id(stage.get("ApiId")), stage.get("RouteSettings") or {}
            for of, key, _, _ in known:
                limits = settings.get(key) or {}
                if of == api and not (limits.get("ThrottlingRateLimit") and limits.get("ThrottlingBurstLimit")):
                    found.append(RuleMatch(["Resources", name], f"{api}: give the route `{key}` a rate and a burst of its own"))
            log = stage.get("AccessLogSettings") or {}
            if logical_id(log.get("DestinationArn")) not in forgets:
                found.append(RuleMatch(["Resources", name], f"{api}: add an access log in a group with RetentionInDays"))
            told = [word for word in re.findall(r"\$context\.([A-Za-z.:_-]+)", str(log.get("Format"))) if not ALLOWED.fullmatch(word)]
            found += [RuleMatch(["Resources", name], f"{api}: leave `$context.{word}` out of the access log") for word in told]
        return found
