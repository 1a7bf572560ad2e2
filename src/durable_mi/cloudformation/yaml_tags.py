"""YAML templates: CloudFormation's short tags in their long form, and the positions of parts in the text."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import yaml
from yaml.constructor import SafeConstructor

from durable_mi.cloudformation.content.plain import MAX_VALUES

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

__all__ = ["YamlError", "find", "load"]

# The one that is written in C is ten times as fast; not every build of PyYAML has it.
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WITHOUT_PREFIX: Final = frozenset({"Ref", "Condition"})
_MERGE: Final = "tag:yaml.org,2002:merge"
# Beyond any template. The composer in C calls itself for each level: some tens of thousands would end the process.
_MAX_DEPTH: Final = 100
_MAX_MERGED: Final = 200_000
_MAX_DIGITS: Final = 1000
"""Characters of a number. To convert one takes the square of them in the bases that Python does not limit."""


class YamlError(Exception):
    """A text that is not YAML, or not the YAML of a template; ``str()`` says what is wrong.

    Attributes:
        line: Line from 1.
        column: Column from 1.
    """

    def __init__(self, problem: str, mark: Any = None) -> None:  # noqa: ANN401 - PyYAML has two types of marks
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


def find(text: str, path: Sequence[str | int]) -> tuple[int, int]:
    """Return line and column, both from 1, of the key (or list item) at a path, or of the nearest part around it.

    Args:
        text: YAML that :func:`load` can read.
        path: Keys and list indexes from the top.
    """
    node = _compose(text)
    mark = node.start_mark
    for step in path:
        found = _index(node).get(str(step))
        if found is None:
            break
        mark, node = found
    return mark.line + 1, mark.column + 1


@lru_cache(maxsize=64)
def _index(node: Any) -> dict[str, tuple[Any, Any]]:  # noqa: ANN401 - PyYAML's nodes and marks
    """Return mark and value of each key; the largest ones, which all positions ask for, stay in the cache."""
    index: dict[str, tuple[Any, Any]] = {}
    for key, mark, value in _parts(node):
        index.setdefault(key, (mark, value))
    return index


@lru_cache(maxsize=2)
def _compose(text: str) -> Any:  # noqa: ANN401 - PyYAML's node, or None for an empty text
    _check_size(text)
    return yaml.compose(text, Loader=_LOADER)


def _check_size(text: str) -> None:
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=_LOADER)):
        # Each value has an event at least. To make all of them first takes a second for each million.
        if count > 2 * MAX_VALUES:
            problem = f"it holds more than {MAX_VALUES} values"
            raise YamlError(problem, event.start_mark)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _MAX_DEPTH:
            problem = f"it is nested deeper than {_MAX_DEPTH} levels"
            raise YamlError(problem, event.start_mark)


def _parts(node: Any) -> list[tuple[str, Any, Any]]:  # noqa: ANN401 - PyYAML's nodes and marks
    if isinstance(node, yaml.MappingNode):
        return [(str(key.value), key.start_mark, value) for key, value in node.value]
    if isinstance(node, yaml.SequenceNode):
        return [(str(index), item.start_mark, item) for index, item in enumerate(node.value)]
    return []


class _Constructor(SafeConstructor):
    """Makes what CloudFormation reads: dates stay text, and short tags become intrinsic functions."""

    def __init__(self) -> None:
        super().__init__()
        self._merged = 0

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002
        """Make a node's value; errors say where it is."""
        try:
            return super().construct_object(node, deep=deep)
        except (ValueError, ArithmeticError, LookupError, TypeError, AttributeError) as error:
            # PyYAML's constructors expect the form that a tag has, such as `!!int` before digits.
            problem = f"a value must have the form of its tag, {node.tag.rpartition(':')[2]}"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark) from error

    def construct_number(self, node: yaml.ScalarNode) -> float:
        """Make a number, unless it has more digits than any in a template."""
        if len(node.value) > _MAX_DIGITS:
            problem = f"a number must have at most {_MAX_DIGITS} characters, got {len(node.value)}"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
        number: float = _NUMBERS[node.tag](self, node)
        return number

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002
        seen = set()
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if isinstance(key, yaml.ScalarNode) and key.tag != _MERGE:
                if key.value in seen:
                    problem = f"key {key.value!r} is given twice: keep one"
                    raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
                seen.add(key.value)
        return super().construct_mapping(node, deep=deep)

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Take the merge keys (``<<``) out of a mapping, each key of what they merge once.

        PyYAML's own keeps the keys of every merge: mappings that merge each other several times grow without end.
        """
        merged = [value for key, value in node.value if key.tag == _MERGE]
        if not merged:
            super().flatten_mapping(node)
            return
        # First of all, so that a mapping that merges itself comes to an end.
        node.value = [(key, value) for key, value in node.value if key.tag != _MERGE]
        pairs: dict[object, tuple[yaml.Node, yaml.Node]] = {}
        for source in (each for value in merged for each in _sources(value)):
            self.flatten_mapping(source)
            self._merged += len(source.value)
            if self._merged > _MAX_MERGED:
                problem = f"merge keys must merge at most {_MAX_MERGED} values"
                raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
            pairs |= {_identity(key): (key, value) for key, value in source.value}
        pairs |= {_identity(key): (key, value) for key, value in node.value}
        node.value = list(pairs.values())
        super().flatten_mapping(node)

    def short_tag(self, suffix: str, node: yaml.Node) -> dict[str, object]:
        """Make the long form of ``!Name value``."""
        name = suffix if suffix in _WITHOUT_PREFIX else f"Fn::{suffix}"
        if isinstance(node, yaml.MappingNode):
            return {name: self.construct_mapping(node, deep=True)}
        if isinstance(node, yaml.SequenceNode):
            return {name: self.construct_sequence(node, deep=True)}
        value = str(self.construct_scalar(node)) if isinstance(node, yaml.ScalarNode) else ""
        return {name: value.split(".", 1) if suffix == "GetAtt" else value}


def _sources(value: yaml.Node) -> list[yaml.MappingNode]:
    """Return the mappings that a merge key merges, those that win last."""
    sources = value.value[::-1] if isinstance(value, yaml.SequenceNode) else [value]
    for each in sources:
        if not isinstance(each, yaml.MappingNode):
            problem = f"a merge key must merge mappings, got {each.tag}"
            raise yaml.constructor.ConstructorError(None, None, problem, each.start_mark)
    return list(sources)


def _identity(key: yaml.Node) -> object:
    return (key.tag, key.value) if isinstance(key, yaml.ScalarNode) else id(key)


_NUMBERS: Final = {
    "tag:yaml.org,2002:int": SafeConstructor.construct_yaml_int,
    "tag:yaml.org,2002:float": SafeConstructor.construct_yaml_float,
}
_Constructor.add_multi_constructor("!", _Constructor.short_tag)
_Constructor.yaml_constructors = {
    **SafeConstructor.yaml_constructors,
    **dict.fromkeys(_NUMBERS, _Constructor.construct_number),
    "tag:yaml.org,2002:timestamp": SafeConstructor.construct_yaml_str,
}
