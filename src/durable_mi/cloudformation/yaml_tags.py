"""YAML templates: CloudFormation's short tags in their long form, and the positions of parts in the text."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import yaml
from yaml.constructor import SafeConstructor

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

__all__ = ["YamlError", "find", "load"]

# The one that is written in C is ten times as fast; not every build of PyYAML has it.
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WITHOUT_PREFIX: Final = frozenset({"Ref", "Condition"})


class YamlError(Exception):
    """A text that is not YAML, or not the YAML of a template; ``str()`` says what is wrong.

    Attributes:
        line: Line from 1.
        column: Column from 1.
    """

    def __init__(self, problem: str, mark: yaml.Mark | None = None) -> None:
        super().__init__(problem)
        self.line = 1 if mark is None else mark.line + 1
        self.column = 1 if mark is None else mark.column + 1


def load(text: str) -> object:
    """Read the text of a template.

    Args:
        text: One YAML document.

    Raises:
        YamlError: It is not YAML, has two documents, or gives a key twice.
    """
    try:
        node = _compose(text)
        return None if node is None else _Constructor().construct_document(node)
    except yaml.MarkedYAMLError as error:
        raise YamlError(error.problem or "it cannot be read", error.problem_mark) from error
    except yaml.YAMLError as error:
        raise YamlError(str(error).partition("\n")[0]) from error
    except RecursionError as error:
        msg = "it is nested too deeply"
        raise YamlError(msg) from error
    except (ValueError, OverflowError, TypeError) as error:
        # Such as a number that Python does not convert, or a merge key that merges no mapping.
        raise YamlError(str(error)) from error


def find(text: str, path: Sequence[str | int]) -> tuple[int, int]:
    """Return line and column, both from 1, of the key (or list item) at a path, or of the nearest part around it.

    Args:
        text: YAML that :func:`load` can read.
        path: Keys and list indexes from the top.
    """
    node = _compose(text)
    mark = node.start_mark
    for step in path:
        for key, key_mark, value in _parts(node):
            if key == str(step):
                mark, node = key_mark, value
                break
        else:
            break
    return mark.line + 1, mark.column + 1


@lru_cache(maxsize=2)
def _compose(text: str) -> Any:  # noqa: ANN401 - PyYAML's node, or None for an empty text
    return yaml.compose(text, Loader=_LOADER)


def _parts(node: Any) -> list[tuple[str, Any, Any]]:  # noqa: ANN401 - PyYAML's nodes and marks
    if isinstance(node, yaml.MappingNode):
        return [(str(key.value), key.start_mark, value) for key, value in node.value]
    if isinstance(node, yaml.SequenceNode):
        return [(str(index), item.start_mark, item) for index, item in enumerate(node.value)]
    return []


class _Constructor(SafeConstructor):
    """Makes what CloudFormation reads: dates stay text, and short tags become intrinsic functions."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002
        seen = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
                if key.value in seen:
                    problem = f"key {key.value!r} is given twice: keep one"
                    raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
                seen.add(key.value)
        return super().construct_mapping(node, deep=deep)

    def short_tag(self, suffix: str, node: yaml.Node) -> dict[str, object]:
        """Make the long form of ``!Name value``."""
        name = suffix if suffix in _WITHOUT_PREFIX else f"Fn::{suffix}"
        if isinstance(node, yaml.MappingNode):
            return {name: self.construct_mapping(node, deep=True)}
        if isinstance(node, yaml.SequenceNode):
            return {name: self.construct_sequence(node, deep=True)}
        value = str(self.construct_scalar(node)) if isinstance(node, yaml.ScalarNode) else ""
        return {name: value.split(".", 1) if suffix == "GetAtt" else value}


_Constructor.add_multi_constructor("!", _Constructor.short_tag)
_Constructor.yaml_constructors = {
    **SafeConstructor.yaml_constructors,
    "tag:yaml.org,2002:timestamp": SafeConstructor.construct_yaml_str,
}
