"""Whether the resolvers and handlers of an AppSync data source wait for its function."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from durable_mi.cloudformation.values import MISSING, Reference, Text, Unknown, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from durable_mi.preflight.resource_index import ResourceIndex
    from durable_mi.preflight.template_resource import TemplateResource

__all__ = ["all_wait"]

_RESOLVERS: Final = ("AWS::AppSync::Resolver", "AWS::AppSync::FunctionConfiguration")
_ELSEWHERE: Final = ("CodeS3Location", "RequestMappingTemplateS3Location")
_INLINE: Final = ("Code", "RequestMappingTemplate")
# As JavaScript and as VTL have it; a value that the code computes may be the same.
_SETS_TYPE: Final = re.compile(r"""invocationType["']?\s*:\s*(?!["']RequestResponse)""")


def all_wait(resources: ResourceIndex, source: TemplateResource) -> bool:
    """Return whether everything that uses a data source is known to wait for the result.

    A resolver waits unless its request sets ``invocationType`` to ``Event``, and a handler of a channel namespace
    unless its ``InvokeType`` is ``EVENT``.

    Args:
        resources: The template.
        source: The ``AWS::AppSync::DataSource``.
    """
    return all(map(_waits, _users(resources, source))) and not _handles_events(resources, source)


def _users(resources: ResourceIndex, source: TemplateResource) -> Iterator[TemplateResource]:
    for item in resources.of_type(*_RESOLVERS):
        if _is_name(item.get("DataSourceName"), source):
            yield item


def _is_name(value: object, source: TemplateResource) -> bool:
    own = source.get("Name")
    return value == Reference(source.id, "Name") or (own is not MISSING and value == own)


def _handles_events(resources: ResourceIndex, source: TemplateResource) -> bool:
    for item in resources.of_type("AWS::AppSync::ChannelNamespace"):
        for handler in ("OnPublish", "OnSubscribe"):
            path = ("HandlerConfigs", handler, "Integration")
            kind = item.get(*path, "LambdaConfig", "InvokeType")
            if _is_name(item.get(*path, "DataSourceName"), source) and kind not in (MISSING, "REQUEST_RESPONSE"):
                return True
    return False


def _waits(item: TemplateResource) -> bool:
    if any(item.get(key) is not MISSING for key in _ELSEWHERE):
        return False
    for key in _INLINE:
        code = item.get(key)
        if isinstance(code, Unknown):
            return False
        if isinstance(code, str | Text):
            written = "".join(part for part in parts_of(code) if isinstance(part, str))
            if _SETS_TYPE.search(written):
                return False
    return True
