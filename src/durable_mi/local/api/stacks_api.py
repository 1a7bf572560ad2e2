"""The CloudFormation API: DescribeStacks, for whoever finds names by a stack's outputs."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING
from urllib.parse import parse_qs
from xml.etree import ElementTree as ET

from starlette.responses import Response
from starlette.routing import Match, Route

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.types import Scope

    from durable_mi.local.app.functions import Output

__all__ = ["StacksApi"]

_NAMESPACE = "http://cloudformation.amazonaws.com/doc/2010-05-15/"
_FORM = "application/x-www-form-urlencoded"


class _QueryRoute(Route):
    """A path that takes forms alone, as CloudFormation's protocol sends them; the Logs API has the same path."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        kinds = [value.decode("latin-1") for name, value in scope.get("headers", ()) if name == b"content-type"]
        return super().matches(scope) if any(kind.startswith(_FORM) for kind in kinds) else (Match.NONE, {})


class StacksApi:
    """Serves the outputs of the app's stacks, with the values that the local runtime answers to.

    Args:
        outputs: Every output of every stack.
        region: The region that is served.
        account: The account that is served.
    """

    def __init__(self, outputs: Sequence[Output], *, region: str, account: str) -> None:
        self._outputs = outputs
        self._arn = f"arn:aws:cloudformation:{region}:{account}:stack"

    def routes(self) -> list[Route]:
        """Return the path of the API; the call's name is in the form."""
        return [_QueryRoute("/", self.call, methods=["POST"])]

    async def call(self, request: Request) -> Response:
        """Serve one call."""
        form = {key: values[0] for key, values in parse_qs((await request.body()).decode()).items()}
        action = form.get("Action", "")
        if action != "DescribeStacks":
            return _error_response(501, "NotImplemented", f"the local runtime does not serve {action or 'this call'}")
        wanted = form.get("StackName")
        names = [
            name for name in dict.fromkeys(it.stack for it in self._outputs) if wanted in {None, name, self._id(name)}
        ]
        if wanted is not None and not names:
            return _error_response(400, "ValidationError", f"Stack with id {wanted} does not exist")
        return self._described(names)

    def _described(self, names: Sequence[str]) -> Response:
        root = ET.Element("DescribeStacksResponse", xmlns=_NAMESPACE)
        stacks = ET.SubElement(ET.SubElement(root, "DescribeStacksResult"), "Stacks")
        for name in names:
            stack = ET.SubElement(stacks, "member")
            for tag, text in (
                ("StackName", name),
                ("StackId", self._id(name)),
                ("StackStatus", "CREATE_COMPLETE"),
                ("CreationTime", "2000-01-01T00:00:00Z"),
            ):
                ET.SubElement(stack, tag).text = text
            outputs = ET.SubElement(stack, "Outputs")
            for output in self._outputs:
                if output.stack == name:
                    member = ET.SubElement(outputs, "member")
                    ET.SubElement(member, "OutputKey").text = output.name
                    ET.SubElement(member, "OutputValue").text = output.value
        return _xml(200, root)

    def _id(self, name: str) -> str:
        return f"{self._arn}/{name}/local"


def _error_response(status: int, code: str, message: str) -> Response:
    root = ET.Element("ErrorResponse", xmlns=_NAMESPACE)
    error = ET.SubElement(root, "Error")
    for tag, text in (("Type", "Sender"), ("Code", code), ("Message", message)):
        ET.SubElement(error, tag).text = text
    ET.SubElement(root, "RequestId").text = str(uuid.uuid4())
    return _xml(status, root)


def _xml(status: int, root: ET.Element) -> Response:
    return Response(ET.tostring(root), status_code=status, media_type="text/xml")
