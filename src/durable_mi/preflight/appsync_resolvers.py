"""Whether the resolvers of an AppSync data source wait for its function."""

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
    """Return whether every resolver of a data source is known to wait for the result.

    A resolver waits unless its request sets ``invocationType`` to ``Event``.

    Args:
        resources: The template.
        source: The ``AWS::AppSync::DataSource``.
    """
    return all(map(_waits, _users(resources, source)))


def _users(resources: ResourceIndex, source: TemplateResource) -> Iterator[TemplateResource]:
    own = source.get("Name")
    for item in resources.of_type(*_RESOLVERS):
        name = item.get("DataSourceName")
        refers = isinstance(name, Reference) and name == Reference(source.id, "Name")
        if refers or (own is not MISSING and name == own):
            yield item


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
