"""Each rule catches the mistake it is there for, planted in the real template; and the real template has none."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

LINT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(LINT))

from check import of_the_house

TEMPLATE = LINT.parent / "template.yaml"


def rules_broken(template: Path) -> set[str]:
    """The ids of the house rules that complain about this template."""
    return {complaint.split(" ", 1)[0] for complaint in of_the_house(template)}


def without(resource: str, text: str) -> str:
    """The template without a whole resource."""
    return re.sub(rf"^  {resource}:\n(?:(?:    .*)?\n)+", "", text, count=1, flags=re.MULTILINE)


def within(resource: str, old: str, new: str, text: str) -> str:
    """The template with a text inside one resource replaced."""
    head, mark, tail = text.partition(f"\n  {resource}:\n")
    assert mark, f"the template has no {resource}"
    return head + mark + tail.replace(old, new, 1)


ALARM = """
  Spare{n}Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: AWS/SQS
      MetricName: NumberOfMessagesSent
      Statistic: Sum
      Period: 300
      EvaluationPeriods: 1
      Threshold: 0
      ComparisonOperator: GreaterThanThreshold
"""
ALARMS = "".join(ALARM.format(n=n) for n in range(4))

CONDITION = """              Condition:
                ForAllValues:StringLike: { "dynamodb:LeadingKeys": [CONNECTIONS, CONNECTION#*, SKU#*, PARKED, SCHEMA] }
"""

MISTAKES = {
    "a queue without dead letters": (
        "E9101",
        lambda t: re.sub(r"      RedrivePolicy:\n        deadLetterTargetArn: !GetAtt StockHints.*\n.*\n", "", t),
    ),
    "no alarm on the age of a queue": ("E9102", lambda t: without("InboundAgeAlarm", t)),
    "no alarm on dead letters": ("E9102", lambda t: without("AttentionDeadAlarm", t)),
    "an alarm that tells nobody": (
        "E9102",
        lambda t: within("InboundDeadAlarm", "      AlarmActions: [!Ref AttentionTopic]\n", "", t),
    ),
    "more alarms than are cheap": ("E9103", lambda t: t.replace("\nOutputs:", f"{ALARMS}\nOutputs:")),
    "a mapping that fails batches whole": (
        "E9104",
        lambda t: within("OrderIntakeFunction", "            FunctionResponseTypes: [ReportBatchItemFailures]\n", "", t),
    ),
    "a consumer slower than its queue allows": (
        "E9105",
        lambda t: within("StockFanoutFunction", "Timeout: 30", "Timeout: 31", t),
    ),
    "a queue with the default visibility": (
        "E9105",
        lambda t: within("InboundQueue", "      VisibilityTimeout: 120\n", "", t),
    ),
    "all actions of a service": (
        "E9106",
        lambda t: within("WebhookIngestFunction", "Action: sqs:SendMessage", 'Action: "sqs:*"', t),
    ),
    "one action of several with a star": (
        "E9106",
        lambda t: within("ApiFunction", "dynamodb:PutItem, ", '"dynamodb:Put*", ', t),
    ),
    "every resource": (
        "E9106",
        lambda t: within("OrderIntakeFunction", "Resource: !GetAtt Bus.Arn", 'Resource: "*"', t),
    ),
    "a function without a log group": (
        "E9107",
        lambda t: within("ChannelPollFunction", "      LoggingConfig: { LogGroup: !Ref ChannelPollLog }\n", "", t),
    ),
    "a log that is kept for ever": (
        "E9107",
        lambda t: within("ApiLog", ", RetentionInDays: !Ref LogDays", "", t),
    ),
    "a rule target without dead letters": (
        "E9108",
        lambda t: re.sub(r"          DeadLetterConfig:\n            Arn: .*\n", "", t),
    ),
    "a function whose errors nobody sees": (
        "E9109",
        lambda t: within("FunctionErrorsAlarm", "!Ref OrderIntakeFunction", "!Ref StockFanoutFunction", t),
    ),
    "throttles that nobody sees": ("E9109", lambda t: without("ThrottlesAlarm", t)),
    "a poll that may stop without a word": (
        "E9109",
        lambda t: within("PollMissingAlarm", "TreatMissingData: breaching", "TreatMissingData: notBreaching", t),
    ),
    "a door that shares its measure": (
        "E9110",
        lambda t: t.replace('"POST /hooks/{channel}/{connection}":', '"POST /hook/{channel}/{connection}":'),
    ),
    "an access log with addresses": ("E9110", lambda t: t.replace('"id":"$context.requestId"', '"ip":"$context.identity.sourceIp"')),
    "an access log with paths": ("E9110", lambda t: t.replace('"id":"$context.requestId"', '"path":"$context.path"')),
    "an access log that is kept for ever": (
        "E9110",
        lambda t: within("ApiAccessLog", ", RetentionInDays: !Ref LogDays", "", t),
    ),
    "a second factor for who likes": ("E9111", lambda t: t.replace('MfaConfiguration: "ON"', "MfaConfiguration: OPTIONAL")),
    "an address that people can change": ("E9111", lambda t: t.replace("WriteAttributes: [name]", "WriteAttributes: [name, email]")),
    "attributes that are not named": ("E9111", lambda t: t.replace("      WriteAttributes: [name]\n", "")),
    "a login that lasts a month": ("E9111", lambda t: t.replace("RefreshTokenValidity: 24", "RefreshTokenValidity: 720")),
    "people who add themselves": ("E9111", lambda t: t.replace("AllowAdminCreateUserOnly: true", "AllowAdminCreateUserOnly: false")),
    "an open door to every row": ("E9112", lambda t: within("WebhookIngestFunction", CONDITION, "              Condition:\n", t)),
    "an open door to orders": ("E9112", lambda t: within("WebhookIngestFunction", "[CONNECTIONS,", '[CONNECTIONS, "ORDER#*",', t)),
    "an open door to tokens": ("E9112", lambda t: within("WebhookIngestFunction", "[CONNECTIONS,", '[CONNECTIONS, "TOKEN#*",', t)),
    "an open door that writes connections": (
        "E9112",
        lambda t: within("WebhookIngestFunction", '"dynamodb:LeadingKeys": [PARKED, PARKED_BODY]', '"dynamodb:LeadingKeys": [PARKED, CONNECTIONS]', t),
    ),
    "requests without keys": (
        "E9112",
        lambda t: within("WebhookIngestFunction", '                "Null": { "dynamodb:LeadingKeys": "false" }\n', "", t),
    ),
    "an open door to credentials": (
        "E9112",
        lambda t: within("WebhookIngestFunction", "${Environment}/webhooks/*", "${Environment}/*", t),
    ),
    "queues of anybody by default": (
        "E9114",
        lambda t: within("NotificationQueueArns", '    Default: ""\n', '    Default: "arn:aws:sqs:eu-central-1:123456789012:all"\n', t),
    ),
    "queues by wildcard": ("E9114", lambda t: within("NotificationQueueArns", ":[A-Za-z0-9_-]+)?", ":[A-Za-z0-9_*-]+)?", t)),
    "queues of others that are written to": (
        "E9114",
        lambda t: within("ChannelPollFunction", "[sqs:ReceiveMessage, sqs:DeleteMessage]", "[sqs:ReceiveMessage, sqs:SendMessage]", t),
    ),
    "queues of others that another function reads": (
        "E9114",
        lambda t: within("OrderIntakeFunction", "Resource: !GetAtt Bus.Arn", "Resource: !Ref NotificationQueueArns", t),
    ),
    "mails from anything": ("E9114", lambda t: within("MailIdentityArn", "[A-Za-z0-9.@_+-]+)?", "[A-Za-z0-9.@_+*-]+)?", t)),
    "mails from anything by default": (
        "E9114",
        lambda t: within("MailIdentityArn", '    Default: ""\n', '    Default: "arn:aws:ses:eu-central-1:123456789012:identity/a.example"\n', t),
    ),
    "mails by another function": (
        "E9114",
        lambda t: within("OrderIntakeFunction", "Resource: !GetAtt Bus.Arn", "Resource: !Ref MailIdentityArn", t),
    ),
    "nobody is told by default": (
        "E9113",
        lambda t: within("AttentionEmail", '    AllowedPattern: "^(nobody|', '    Default: ""\n    AllowedPattern: "^(|nobody|', t),
    ),
    "a connection that fails and nobody hears of it": (
        "E9113",
        lambda t: t.replace("[ConnectionFailing.v1, ConnectionRecovered.v1,", "[ConnectionRecovered.v1,"),
    ),
    "an alarm that names a log that is not there": (
        "E9113",
        lambda t: within("InboundAgeAlarm", "the log of order-intake", "the log of order-intakes", t),
    ),
}


def test_every_rule_has_a_mistake_that_it_catches() -> None:
    rules = {re.search(r'id = "(E\d+)"', path.read_text(encoding="utf-8"))[1] for path in (LINT / "rules").glob("*.py")}
    assert rules and rules == {rule for rule, _ in MISTAKES.values()}


def test_the_template_breaks_no_rule_of_theirs_or_ours() -> None:
    """As the gate calls it: whoever complains ends it with a status of its own."""
    result = subprocess.run([sys.executable, LINT / "check.py", TEMPLATE], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (0, ""), result.stdout + result.stderr


def test_a_template_that_breaks_one_ends_with_an_error(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(without("InboundAgeAlarm", TEMPLATE.read_text()))
    result = subprocess.run([sys.executable, LINT / "check.py", tmp_path / "template.yaml"], capture_output=True, text=True, check=False)
    assert result.returncode == 1 and re.search("^E9102 ", result.stdout, re.MULTILINE), result.stdout + result.stderr


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_rule_catches(mistake: str, tmp_path: Path) -> None:
    rule, plant = MISTAKES[mistake]
    good = TEMPLATE.read_text()
    bad = plant(good)
    assert bad != good, "the mistake was not planted: the template has changed, mend this test"
    (tmp_path / "template.yaml").write_text(bad)
    assert rule in rules_broken(tmp_path / "template.yaml")
