"""Who may do what: a person with a token, and a function with a permission taken away."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from deploy import Stack
from emulator import Emulator

# Invented, and only known to an emulator that ends with the run.
PERSON = "person@example.test"
PASSWORD = "Invented-Password-1!"


def token(emulator: Emulator, stack: Stack, person: str = PERSON, *, verified: bool = True, groups: tuple[str, ...] = ()) -> str:
    """Adds a person to the user pool, logs in, and answers the id token. (The emulator asks nobody to enrol a second factor.)"""
    cognito = emulator.client("cognito-idp")
    pool, client = stack.outputs["UserPoolId"], stack.outputs["UserPoolClientId"]
    # The emulator would make up a temporary password that is shorter than the pool asks for.
    attributes = {"email": person, "email_verified": str(verified).lower()}
    cognito.admin_create_user(
        UserPoolId=pool,
        Username=person,
        TemporaryPassword=PASSWORD,
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
    )
    cognito.admin_set_user_password(UserPoolId=pool, Username=person, Password=PASSWORD, Permanent=True)
    for group in groups:
        cognito.admin_add_user_to_group(UserPoolId=pool, Username=person, GroupName=group)
    answer = cognito.admin_initiate_auth(
        UserPoolId=pool,
        ClientId=client,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": person, "PASSWORD": PASSWORD},
    )
    return str(answer["AuthenticationResult"]["IdToken"])


def tampered(jwt: str) -> str:
    """The same token for somebody else, with the signature of the first."""
    head, claims, signature = jwt.split(".")
    changed = json.loads(base64.urlsafe_b64decode(claims + "=="))
    changed["sub"] = "somebody-else"
    claims = base64.urlsafe_b64encode(json.dumps(changed).encode()).decode().rstrip("=")
    return f"{head}.{claims}.{signature}"


@contextmanager
def without_permission(emulator: Emulator, stack: Stack, function: str, action: str) -> Iterator[None]:
    """Takes an action away from a function's role, and gives it back at the end."""
    iam = emulator.client("iam")
    role = stack.resources[f"{function}Role"]
    taken = []
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        if any(action in _actions(statement) for statement in document["Statement"]):
            taken.append((name, document))
            less = {**document, "Statement": list(_without(document["Statement"], action))}
            iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(less))
    if not taken:
        raise SystemExit(f"{role} has no statement for {action} to take away")
    try:
        yield
    finally:
        for name, document in taken:
            iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))


def _without(statements: list[dict[str, Any]], action: str) -> Iterator[dict[str, Any]]:
    """The statements without this one action; one that allows nothing any more is left out."""
    for statement in statements:
        # The batch has no permission of its own on AWS; see `deploy`.
        kept = [each for each in _actions(statement) if each not in (action, f"{action}Batch")]
        if kept:
            yield {**statement, "Action": kept}


def _actions(statement: dict[str, Any]) -> list[str]:
    action = statement["Action"]
    return [action] if isinstance(action, str) else action


def as_function(emulator: Emulator, stack: Stack, function: str, service: str) -> Any:
    """A client that may do what a function's role may do."""
    role = emulator.client("iam").get_role(RoleName=stack.resources[f"{function}Role"])["Role"]["Arn"]
    session = emulator.client("sts").assume_role(RoleArn=role, RoleSessionName="e2e")["Credentials"]
    return emulator.client_of(service, session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"])
