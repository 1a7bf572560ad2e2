"""How an API of API Gateway invokes functions: integrations and authorizers, and whether it waits for the result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from durable_mi.cloudformation import embedded_json
from durable_mi.cloudformation.values import MISSING, literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from durable_mi.preflight.finding import Path
    from durable_mi.preflight.template_resource import TemplateResource

__all__ = ["Integration", "of_body", "of_method", "of_route"]

# Header names know no case.
_HEADER: Final = "integration.request.header.x-amz-invocation-type"
_INTEGRATION: Final = "x-amazon-apigateway-integration"
_AUTHORIZER: Final = "x-amazon-apigateway-authorizer"
# The components of an OpenAPI document hold integrations by name, to be referred to.
_NAMED_INTEGRATIONS: Final = "x-amazon-apigateway-integrations"


class Integration(NamedTuple):
    """One place where an API names what it invokes.

    Attributes:
        path: The URI in the resource's properties.
        uri: Its resolved value.
        waits: Whether the API always waits for the result.
    """

    path: Path
    uri: object
    waits: bool


class _Names(NamedTuple):
    """What the parts of an integration are called."""

    kind: str
    uri: str
    parameters: str


_OF_DOCUMENT: Final = _Names("type", "uri", "requestParameters")
_OF_METHOD: Final = _Names("Type", "Uri", "RequestParameters")
_OF_ROUTE: Final = _Names("IntegrationType", "IntegrationUri", "RequestParameters")


def of_method(item: TemplateResource) -> Iterator[Integration]:
    """Yield the integration of an ``AWS::ApiGateway::Method``.

    Args:
        item: The method.
    """
    yield _integration(item, item.get("Integration"), ("Integration",), _OF_METHOD)


def of_route(item: TemplateResource) -> Iterator[Integration]:
    """Yield an ``AWS::ApiGatewayV2::Integration``, of an HTTP or a WebSocket API.

    Args:
        item: The integration.
    """
    yield _integration(item, item.resource.properties, (), _OF_ROUTE)


def of_body(item: TemplateResource) -> Iterator[Integration]:
    """Yield the integrations and authorizers in the OpenAPI document of an API.

    Args:
        item: A REST or an HTTP API.
    """
    body = item.get("Body")
    if isinstance(body, dict):
        yield from _in_document(item, body, ("Body",))
        return
    # The document as a text has no paths of its own in the template.
    for found in _in_document(item, embedded_json.parse(body), ("Body",)):
        yield found._replace(path=("Body",))


def _in_document(item: TemplateResource, value: object, at: Path) -> Iterator[Integration]:
    match item.within(value, at=at):
        case dict(content):
            for key, inner in content.items():
                where = (*at, key)
                if key == _INTEGRATION or at[-1:] == (_NAMED_INTEGRATIONS,):
                    yield _integration(item, inner, where, _OF_DOCUMENT)
                elif key == _AUTHORIZER:
                    uri = item.within(inner, "authorizerUri", at=where)
                    yield Integration((*where, "authorizerUri"), uri, waits=True)
                else:
                    yield from _in_document(item, inner, where)
        case list(content):
            for index, inner in enumerate(content):
                yield from _in_document(item, inner, (*at, index))


def _integration(item: TemplateResource, value: object, at: Path, names: _Names) -> Integration:
    uri = item.within(value, names.uri, at=at)
    waits = "/invoke-async" not in literal(uri) and _waits(item, value, at, names)
    return Integration((*at, names.uri), uri, waits)


def _waits(item: TemplateResource, integration: object, at: Path, names: _Names) -> bool:
    """Return whether an integration always waits: not if the client can choose, or if it is not known."""
    mapped = item.within(integration, names.parameters, at=at)
    if mapped is MISSING:
        return True
    if not isinstance(mapped, dict):
        return False
    # With a proxy integration API Gateway passes the request as it is: AWS documents the header for others alone.
    if literal(item.within(integration, names.kind, at=at)).lower() == "aws_proxy":
        return True
    header = next((value for name, value in mapped.items() if name.lower() == _HEADER), MISSING)
    invocation = item.within(header, at=(*at, names.parameters))
    return invocation is MISSING or literal(invocation).strip("'") == "RequestResponse"
