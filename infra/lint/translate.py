"""What SAM makes of the template, as plain CloudFormation, with neither network nor credentials.

The house rules read this, because roles and mappings are only there; and the emulator deploys it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

# The translator asks for a region even when nothing depends on it.
os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

CloudFormation = dict[str, Any]


class NoManagedPolicies:
    """The template names no managed policy, so none has to be looked up."""

    def load(self) -> dict[str, str]:
        """Their addresses by name: none."""
        return {}


def somewhere(function: str) -> str:
    """An address of code for those who only look at the template."""
    return f"s3://not-uploaded/{function}.zip"


def translate(text: str, code: Callable[[str], str] = somewhere, parameters: dict[str, str] | None = None) -> CloudFormation:
    """Translates; `code` tells where the code of a function (its logical id) was uploaded to."""
    template = yaml_parse(text)
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = code(name)
    plain: CloudFormation = transform(template, parameters or {}, NoManagedPolicies())
    plain.pop("Transform", None)
    return plain
