"""HTTP API routes as resources of their own.

SAM puts the routes of an HTTP API in its `Body`, an OpenAPI document. ministack 1.5.33 ignores that without a word: the stack
is complete, and every call answers 404. So the document is taken apart into what CloudFormation would make of it.
"""

from __future__ import annotations

from typing import Any

Resource = dict[str, Any]
METHOD_ANY = "x-amazon-apigateway-any-method"


def expand(resources: dict[str, Resource]) -> dict[str, Resource]:
    """All resources, with every HTTP API's body replaced by authorizers, integrations and routes."""
    expanded: dict[str, Resource] = {}
    for name, resource in resources.items():
        body = resource.get("Properties", {}).get("Body") if resource["Type"] == "AWS::ApiGatewayV2::Api" else None
        if body is None:
            expanded[name] = resource
        else:
            expanded |= _api(name, resource, body)
    return expanded


def _api(name: str, resource: Resource, body: dict[str, Any]) -> dict[str, Resource]:
    properties = {key: value for key, value in resource["Properties"].items() if key != "Body"}
    properties |= {"ProtocolType": "HTTP", "Name": properties.get("Name") or body["info"]["title"]}
    made = {name: {**resource, "Properties": properties}}
    schemes = body.get("components", {}).get("securitySchemes", {})
    authorizers = {scheme: f"{name}Authorizer{scheme}" for scheme in schemes}
    for scheme, authorizer in authorizers.items():
        made[authorizer] = _authorizer(name, scheme, schemes[scheme]["x-amazon-apigateway-authorizer"])
    operations = [
        (path, method, operation)
        for path, methods in body["paths"].items()
        for method, operation in methods.items()
        if "x-amazon-apigateway-integration" in operation
    ]
    if not operations:
        raise SystemExit(f"{name}: no routes found in its body; has SAM changed its form?")
    for number, (path, method, operation) in enumerate(operations):
        integration = f"{name}Integration{number}"
        made[integration] = _integration(name, operation["x-amazon-apigateway-integration"])
        made[f"{name}Route{number}"] = _route(name, path, method, integration, operation, authorizers)
    return made


def _authorizer(api: str, name: str, scheme: dict[str, Any]) -> Resource:
    source, jwt = scheme["identitySource"], scheme["jwtConfiguration"]
    properties = {
        "ApiId": {"Ref": api},
        "Name": name,
        "AuthorizerType": scheme["type"].upper(),
        "IdentitySource": source if isinstance(source, list) else [source],
        "JwtConfiguration": {"Issuer": jwt["issuer"], "Audience": jwt["audience"]},
    }
    return {"Type": "AWS::ApiGatewayV2::Authorizer", "Properties": properties}


def _integration(api: str, integration: dict[str, Any]) -> Resource:
    properties = {
        "ApiId": {"Ref": api},
        "IntegrationType": integration["type"].upper(),
        "IntegrationUri": integration["uri"],
        "IntegrationMethod": integration["httpMethod"],
        "PayloadFormatVersion": integration["payloadFormatVersion"],
    }
    return {"Type": "AWS::ApiGatewayV2::Integration", "Properties": properties}


def _route(
    api: str, path: str, method: str, integration: str, operation: dict[str, Any], authorizers: dict[str, str]
) -> Resource:
    verb = "ANY" if method == METHOD_ANY else method.upper()
    properties = {
        "ApiId": {"Ref": api},
        "RouteKey": f"{verb} {path}",
        "Target": {"Fn::Join": ["/", ["integrations", {"Ref": integration}]]},
    }
    needed = [scheme for requirement in operation.get("security", []) for scheme in requirement]
    if needed:
        properties |= {"AuthorizationType": "JWT", "AuthorizerId": {"Ref": authorizers[needed[0]]}}
    return {"Type": "AWS::ApiGatewayV2::Route", "Properties": properties}
