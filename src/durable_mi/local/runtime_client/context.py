"""The context object that a handler gets beside its event."""

from __future__ import annotations

import json
import os
import sys
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from .fault import Fault

if TYPE_CHECKING:
    from http.client import HTTPMessage

__all__ = ["Context"]

_CLIENT = ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")
_W3C = ("traceparent", "tracestate", "baggage")


class Context:
    """Lambda's context, attribute for attribute.

    Args:
        headers: The Runtime API's headers of the invocation.

    Raises:
        Fault: The client context is not JSON.
    """

    def __init__(self, headers: HTTPMessage) -> None:
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers.get("Lambda-Runtime-Invoked-Function-Arn")
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.tenant_id = headers.get("Lambda-Runtime-Aws-Tenant-Id")
        given = _parsed(headers.get("Lambda-Runtime-Client-Context"), "Client Context")
        self._w3c = _strings(given.pop("w3c", None)) if given else {}
        self.client_context = _client_context(given)
        identity = _parsed(headers.get("Lambda-Runtime-Cognito-Identity"), "Cognito Identity") or {}
        self.identity = SimpleNamespace(
            cognito_identity_id=identity.get("cognitoIdentityId"),
            cognito_identity_pool_id=identity.get("cognitoIdentityPoolId"),
        )
        self._deadline_ms = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the invocation's deadline; 0 after it."""
        return max(0, self._deadline_ms - int(time.time() * 1000))

    def w3c(self) -> dict[str, str]:
        """Return the caller's W3C trace context."""
        return dict(self._w3c)

    def log(self, message: object) -> None:
        """Write a message as it is."""
        sys.stdout.write(str(message))


def _parsed(header: str | None, name: str) -> dict[str, Any] | None:
    if not header:
        return None
    try:
        value = json.loads(header)
    except (ValueError, RecursionError) as error:
        kind = "Runtime.LambdaContextUnmarshalError"
        raise Fault(kind, f"Unable to parse {name} JSON: {error}") from error
    return value if isinstance(value, dict) else None


def _strings(given: object) -> dict[str, str]:
    fields = given if isinstance(given, dict) else {}
    return {name: fields[name] for name in _W3C if isinstance(fields.get(name), str)}


def _client_context(given: dict[str, Any] | None) -> SimpleNamespace | None:
    if given is None:
        return None
    client = given.get("client")
    return SimpleNamespace(
        custom=given.get("custom"),
        env=given.get("env"),
        client=SimpleNamespace(**{name: client.get(name) for name in _CLIENT}) if isinstance(client, dict) else None,
    )
