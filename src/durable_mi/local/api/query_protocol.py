"""AWS's query protocol, which CloudFormation has: forms in, XML out."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl
from xml.etree import ElementTree as ET

from starlette.responses import Response
from starlette.routing import Match, Route

from durable_mi.operate.formatting import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.types import Scope

__all__ = ["QueryError", "QueryForm", "QueryRoute", "query_error", "query_response"]

_NAMESPACE = "http://cloudformation.amazonaws.com/doc/2010-05-15/"
_FORM = "application/x-www-form-urlencoded"


class QueryError(Exception):
    """A refusal with AWS's error code, in the form of this protocol.

    Args:
        message: What must hold, what came.
        code: AWS's name of the error. Defaults to ``ValidationError``, CloudFormation's name for most.
        status: HTTP status. Defaults to 400.
    """

    def __init__(self, message: str, code: str = "ValidationError", status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


class QueryRoute(Route):
    """A path that takes forms alone, as this protocol sends them; the Logs API has the same path."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return whether the request is for this path and a form."""
        kinds = [value.decode("latin-1") for name, value in scope.get("headers", ()) if name == b"content-type"]
        return super().matches(scope) if any(kind.startswith(_FORM) for kind in kinds) else (Match.NONE, {})


class QueryForm:
    """The parameters of one request.

    Args:
        values: The form's fields.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    @classmethod
    async def read(cls, request: Request) -> QueryForm:
        """Read a request's form.

        Raises:
            QueryError: It is not UTF-8.
        """
        try:
            return cls(dict(parse_qsl((await request.body()).decode())))
        except ValueError as error:
            msg = f"the request must be a form in UTF-8: {error}"
            raise QueryError(msg, "MalformedInput") from error

    def get(self, name: str) -> str | None:
        """Return a parameter, ``None`` where it is not given."""
        return self._values.get(name)

    def required(self, name: str) -> str:
        """Return a parameter that must be given.

        Raises:
            QueryError: It is not.
        """
        value = self.get(name)
        if value is None:
            member = f"{name[:1].lower()}{name[1:]}"
            msg = (
                f"1 validation error detected: Value null at '{member}' failed to satisfy constraint: "
                "Member must not be null"
            )
            raise QueryError(msg)
        return value

    def members(self, name: str) -> list[str]:
        """Return the members of a parameter that is a list."""
        return [value for key, value in self._values.items() if key.startswith(f"{name}.member.")]


def query_response(action: str, result: Mapping[str, object]) -> Response:
    """Return the response to a call.

    Args:
        action: The call's name.
        result: Its members: texts, structures and lists. ``None`` is left out.
    """
    root = ET.Element(f"{action}Response", xmlns=_NAMESPACE)
    _add(ET.SubElement(root, f"{action}Result"), result)
    _add(ET.SubElement(root, "ResponseMetadata"), {"RequestId": str(uuid.uuid4())})
    return _xml(200, root)


def query_error(error: QueryError) -> Response:
    """Return the response that says why a call is refused."""
    root = ET.Element("ErrorResponse", xmlns=_NAMESPACE)
    _add(ET.SubElement(root, "Error"), {"Type": "Sender", "Code": error.code, "Message": str(error)})
    _add(root, {"RequestId": str(uuid.uuid4())})
    return _xml(error.status, root)


def _add(parent: ET.Element, members: Mapping[str, object]) -> None:
    for name, value in members.items():
        if value is None:
            continue
        element = ET.SubElement(parent, name)
        if isinstance(value, dict):
            _add(element, value)
        elif isinstance(value, list):
            for member in value:
                _add(element, {"member": member})
        else:
            element.text = clean(str(value))  # XML has no way to write control characters


def _xml(status: int, root: ET.Element) -> Response:
    return Response(ET.tostring(root), status_code=status, media_type="text/xml")
