"""E9111: who signs a correction is who they say."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template
from reading import properties

IN_HOURS = {"hours": 1.0, "minutes": 1 / 60, "seconds": 1 / 3600, "days": 24.0}
MOST_HOURS = 24


class PeopleAreKnown(CloudFormationLintRule):
    id = "E9111"
    shortdesc = "People are known for sure"
    description = "A second factor is asked of everybody, nobody changes the address they sign with, and a login lasts a day."
    tags = ["sluis"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        found = []
        for name, pool in properties(cfn, "AWS::Cognito::UserPool"):
            if pool.get("MfaConfiguration") != "ON":
                found.append(RuleMatch(["Resources", name], f"{name}: set MfaConfiguration to ON"))
            if not (pool.get("AdminCreateUserConfig") or {}).get("AllowAdminCreateUserOnly"):
                found.append(RuleMatch(["Resources", name], f"{name}: let nobody add themselves"))
        for name, client in properties(cfn, "AWS::Cognito::UserPoolClient"):
            # Left out, everything may be written.
            if "email" in (client.get("WriteAttributes") or ["email"]):
                found.append(RuleMatch(["Resources", name], f"{name}: name WriteAttributes, without email"))
            unit = (client.get("TokenValidityUnits") or {}).get("RefreshToken", "days")
            if client.get("RefreshTokenValidity", 30) * IN_HOURS[unit] > MOST_HOURS:
                found.append(RuleMatch(["Resources", name], f"{name}: let refresh tokens end after {MOST_HOURS} hours"))
        return found
