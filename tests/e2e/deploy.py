"""The template, deployed to the emulator with the values of the test stack."""

from __future__ import annotations

import io
import json
import sys
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

from emulator import Emulator
from processes import wait_for
from routes import expand

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "infra" / "template.yaml"
SETTINGS = ROOT / "infra" / "parameters" / "test.toml"
sys.path.insert(0, str(ROOT / "infra" / "lint"))

from translate import translate

BUCKET = "code"


@dataclass(frozen=True)
class Stack:
    """What was deployed."""

    outputs: dict[str, str]
    # Logical id -> physical id.
    resources: dict[str, str]
    environment: str


def settings() -> dict[str, str]:
    """The parameters of the test stack."""
    overrides = tomllib.loads(SETTINGS.read_text())["default"]["deploy"]["parameters"]["parameter_overrides"]
    return dict(each.split("=", 1) for each in overrides)


def functions(text: str) -> dict[str, str]:
    """Logical id -> name of the binary, from each `CodeUri: ../target/lambda/<name>/`."""
    resources = yaml_parse(text)["Resources"]
    return {
        name: Path(resource["Properties"]["CodeUri"]).name
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


def deploy(emulator: Emulator, bootstraps: Path, front: str) -> Stack:
    """Uploads the bootstraps and makes the stack. `front` is where shops reach the emulator."""
    text = TEMPLATE.read_text()
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name})
    for function, name in functions(text).items():
        s3.put_object(Bucket=BUCKET, Key=f"{function}.zip", Body=packed(bootstraps / name))
    parameters = settings()
    plain = translate(text, lambda function: f"s3://{BUCKET}/{function}.zip", parameters)
    plain["Resources"] = expand(plain["Resources"])
    for resource in plain["Resources"].values():
        if resource["Type"] == "AWS::Lambda::Function":
            _onto_this_machine(resource["Properties"]["Environment"]["Variables"], emulator.api_path, front)
        if resource["Type"] == "AWS::IAM::Role":
            _as_the_emulator_asks(resource["Properties"], parameters)
        if resource["Type"] == "AWS::CloudWatch::Alarm":
            _without_sums(resource["Properties"])
    return _create(emulator, json.dumps(plain), parameters)


def _onto_this_machine(variables: dict[str, Any], path: str, front: str) -> None:
    """The shops are simulators on this machine, and the API is where the emulator has it."""
    variables["SLUIS_REACH"] = "loopback"
    if "SLUIS_PUBLIC_URL" in variables:
        variables["SLUIS_PUBLIC_URL"] = {"Fn::Join": ["", [front + path, {"Ref": "Api"}]]}


def _as_the_emulator_asks(role: dict[str, Any], parameters: dict[str, str]) -> None:
    """Where the emulator asks about another permission than AWS does. infra/lint/tests/test_access.py holds what is lost by that.

    `GetParametersByPath`: about `*`, where AWS asks about the path. `SendMessageBatch` and `DeleteMessageBatch`: about actions of
    those names, where AWS has none and asks about `SendMessage` and `DeleteMessage`. What a condition grants: it makes no statement of it. `dynamodb:LeadingKeys`: it does not know this condition key (1.5.33), so what is allowed for
    some partitions would be denied for all. What is denied for some is left out.
    """
    for policy in role.get("Policies", []):
        document = policy["PolicyDocument"]
        document["Statement"] = [each for each in map(_granted, document["Statement"]) if each["Effect"] == "Allow"]
        for statement in document["Statement"]:
            if statement["Action"] == "ssm:GetParametersByPath":
                statement["Resource"] = "*"
            if "dynamodb:LeadingKeys" in json.dumps(statement.get("Condition", {})):
                del statement["Condition"]
            if statement["Action"] == "sqs:SendMessage":
                statement["Action"] = ["sqs:SendMessage", "sqs:SendMessageBatch"]
            if statement["Resource"] == {"Ref": "NotificationQueueArns"}:
                statement["Action"] = [*statement["Action"], "sqs:DeleteMessageBatch"]
                statement["Resource"] = parameters["NotificationQueueArns"].split(",")


def _granted(statement: dict[str, Any]) -> dict[str, Any]:
    """A statement that a condition grants, as granted: the test stack names such a queue."""
    return statement["Fn::If"][1] if "Fn::If" in statement else statement


def _without_sums(alarm: dict[str, Any]) -> None:
    """The emulator (1.5.33) makes no alarm over a sum of metrics: there it looks at the first of them. infra/lint holds the sums."""
    metrics = [metric["MetricStat"] for metric in alarm.pop("Metrics", []) if "MetricStat" in metric]
    if metrics:
        alarm.update(metrics[0]["Metric"], Period=metrics[0]["Period"], Statistic=metrics[0]["Stat"])


def packed(binary: Path) -> bytes:
    """A bootstrap as it is uploaded."""
    if not binary.is_file():
        raise SystemExit(f"{binary} is missing; build it with `cargo build --workspace --bins`")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o755 << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, binary.read_bytes())
    return packed.getvalue()


def _create(emulator: Emulator, body: str, parameters: dict[str, str]) -> Stack:
    cloudformation = emulator.client("cloudformation")
    name = f"sluis-{parameters['Environment']}"
    # As `sam deploy` does it: a template of this size is not taken in the request itself.
    emulator.client("s3").put_object(Bucket=BUCKET, Key="template.json", Body=body.encode())
    cloudformation.create_stack(
        StackName=name,
        TemplateURL=f"{emulator.url}/{BUCKET}/template.json",
        Capabilities=["CAPABILITY_IAM"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    )

    def settled() -> dict[str, Any] | None:
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        return None if stack["StackStatus"].endswith("_IN_PROGRESS") else stack

    stack = wait_for("the stack is made", settled, 120)
    if stack["StackStatus"] != "CREATE_COMPLETE":
        events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        reasons = [f"{e['LogicalResourceId']}: {e['ResourceStatusReason']}" for e in events if e.get("ResourceStatusReason")]
        raise SystemExit(f"the stack ended as {stack['StackStatus']}:\n  " + "\n  ".join(reasons))
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    # The emulator ignores the table's TimeToLiveSpecification.
    emulator.client("dynamodb").update_time_to_live(
        TableName=outputs["TableName"], TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires_at"}
    )
    made = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
    return Stack(outputs, {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in made}, parameters["Environment"])
