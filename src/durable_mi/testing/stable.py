"""A template without what changes when nothing of its meaning does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any, Final

from durable_mi.testing.content_hashes import ContentHashes
from durable_mi.testing.given_template import read_content

if TYPE_CHECKING:
    from collections.abc import Iterator

    from durable_mi.testing.given_template import GivenTemplate

__all__ = ["stable_template", "stable_text"]

_METADATA_TYPE: Final = "AWS::CDK::Metadata"
# What the CDK reports about itself, by its second and its first version.
_METADATA_PROPERTIES: Final = ("Analytics", "Modules")
_ASSET_METADATA: Final = "aws:asset:"


def stable_template(template: GivenTemplate) -> dict[str, Any]:
    """Return a template as a snapshot keeps it: without what changes when only code, the CDK or the machine does.

    Placeholders replace, in keys and in values:

    - ``<asset>``: hashes of assets, which are 64 hexadecimal digits. A digest after ``sha256:`` stays, since it pins an
      image.
    - ``<hash>``: the end of the logical ids of published versions (``CurrentVersion``) and of deployments of REST APIs,
      in every reference. Names that differ only in it become ``<hash>``, ``<hash 2>`` and so on.
    - ``<analytics>``, ``<modules>``, ``<regions>``: what the CDK reports about itself in ``AWS::CDK::Metadata``, and
      the list of Regions in its condition.
    - ``<directory>``: directories of this machine in the metadata of assets.

    Everything else stays.

    Args:
        template: The template's content, or the path of its file. It is not changed.

    Raises:
        TypeError: It is neither.
        ValueError: The file is not a template.
        ModuleNotFoundError: The file is YAML and the extra ``testing`` is not installed.
    """
    content = _without_cdk_metadata(read_content(template))
    # Resources first: in their order, which their own names decide, the names that end with a hash are met again.
    ordered = {"Resources": content.get("Resources", {}), **content}
    return dict(_replaced(content, ContentHashes(_strings(ordered))))


def stable_text(template: GivenTemplate) -> str:
    """Return :func:`stable_template` as JSON with sorted keys, as a snapshot file holds it.

    Args:
        template: The template's content, or the path of its file.

    Raises:
        TypeError: It is neither.
        ValueError: The file is not a template.
        ModuleNotFoundError: The file is YAML and the extra ``testing`` is not installed.
    """
    return json.dumps(stable_template(template), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _without_cdk_metadata(template: Mapping[str, Any]) -> dict[str, Any]:
    resources = _objects(template.get("Resources"))
    metadata = {name: resource for name, resource in resources.items() if resource.get("Type") == _METADATA_TYPE}
    if not metadata:
        return dict(template)
    others = [resource for name, resource in resources.items() if name not in metadata]
    conditions = template.get("Conditions", {})
    own = [resource.get("Condition") for resource in metadata.values()]
    used = [resource.get("Condition") for resource in others]
    hidden = {
        **template,
        "Resources": {
            **template["Resources"],
            **{name: {**resource, "Properties": _without_analytics(resource)} for name, resource in metadata.items()},
        },
    }
    if conditions:
        regions = {name: "<regions>" for name in conditions if name in own and name not in used}
        hidden["Conditions"] = {**conditions, **regions}
    return hidden


def _without_analytics(resource: Mapping[str, Any]) -> dict[str, Any]:
    properties = resource.get("Properties") or {}
    return {name: f"<{name.lower()}>" if name in _METADATA_PROPERTIES else item for name, item in properties.items()}


def _objects(section: object) -> dict[str, Mapping[str, Any]]:
    entries = section.items() if isinstance(section, Mapping) else ()
    return {name: entry for name, entry in entries if isinstance(entry, Mapping)}


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key)
            yield from _strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _strings(item)


def _replaced(value: Any, hashes: ContentHashes) -> Any:  # noqa: ANN401 - a part of a template is anything
    if isinstance(value, str):
        return hashes.replace(value)
    if isinstance(value, list | tuple):
        return [_replaced(item, hashes) for item in value]
    if not isinstance(value, Mapping):
        return value
    replaced: dict[str, Any] = {}
    for key, item in value.items():
        name = hashes.replace(str(key))
        # Two keys that are nothing but an asset's hash.
        name = next(new for new in _numbered(name) if new not in replaced)
        stable = _replaced(item, hashes)
        replaced[name] = _without_directory(stable) if name.startswith(_ASSET_METADATA) else stable
    return replaced


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name} {number}"
        number += 1


def _without_directory(value: object) -> object:
    if not isinstance(value, str):
        return value
    for kind in (PurePosixPath, PureWindowsPath):
        path = kind(value)
        if path.is_absolute():
            return f"<directory>/{path.name}"
    return value
