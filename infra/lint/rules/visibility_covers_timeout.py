"""E9105: a message must not come back while it is still being worked on, throttled attempts included."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template
from reading import logical_id, properties

TIMES = 6
LAMBDA_DEFAULT_S = 3
SQS_DEFAULT_S = 30


class VisibilityCoversTimeout(CloudFormationLintRule):
    id = "E9105"
    shortdesc = "Visibility is six times the consumer's timeout"
    description = "AWS asks for six times the function's timeout, so that throttled batches do not come back too early."
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"
    tags = ["sluis"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        queues = dict(properties(cfn, "AWS::SQS::Queue"))
        functions = dict(properties(cfn, "AWS::Lambda::Function"))
        matches = []
        for _, mapping in properties(cfn, "AWS::Lambda::EventSourceMapping"):
            queue, function = logical_id(mapping.get("EventSourceArn")), logical_id(mapping.get("FunctionName"))
            if queue not in queues or function not in functions:
                continue
            least = TIMES * int(functions[function].get("Timeout", LAMBDA_DEFAULT_S))
            if int(queues[queue].get("VisibilityTimeout", SQS_DEFAULT_S)) < least:
                path = ["Resources", queue, "Properties"]
                matches.append(RuleMatch(path, f"{queue}: set VisibilityTimeout to {least} or more, {TIMES} times that of {function}"))
        return matches
