"""What a user names, read into stacks: a template, a SAM template, or a whole cloud assembly."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from durable_mi.cloudformation.assembly import AssemblyError, CloudAssembly, Stack
from durable_mi.cloudformation.content.garbage import no_garbage_search
from durable_mi.cloudformation.content.sections import ShapeError
from durable_mi.cloudformation.language.files import beside, included
from durable_mi.cloudformation.language.loop_values import NO_ARGUMENTS
from durable_mi.cloudformation.language.sam_places import sam_place
from durable_mi.cloudformation.resolver import Resolver
from durable_mi.cloudformation.sam.translation import is_sam, translate
from durable_mi.cloudformation.source import Source, TemplateError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from durable_mi.cloudformation.language.loop_values import Arguments
    from durable_mi.cloudformation.language.unread import Unread
    from durable_mi.cloudformation.resource import Resource

__all__ = ["Template", "joined", "read", "templates", "with_nested"]


@dataclass(frozen=True, slots=True)
class Template:
    """One template to check.

    Attributes:
        stack: What it describes, SAM's resources in CloudFormation's form.
        file: The template.
        origins: Resources that replace SAM's: logical id to the logical id in the file.
        body_of: The resource whose property holds the template as a text; empty where it is the file.
        sam: The template as it was written if it is a SAM template, loops expanded.
        source: Its text, where the file cannot be read a second time, as a pipe cannot.
    """

    stack: Stack
    file: Path
    origins: Mapping[str, str] = field(default_factory=dict)
    body_of: str = ""
    sam: Mapping[str, Any] | None = field(default=None, repr=False)
    source: Source | None = field(default=None, repr=False)

    @classmethod
    def of(cls, source: Source, arguments: Arguments = NO_ARGUMENTS) -> Template:
        """Read a template's content.

        Args:
            source: The content.
            arguments: What a parent gives for its parameters, as far as that decides loops. Defaults to nothing.

        Raises:
            TemplateError: A section or a resource is not what CloudFormation reads.
        """
        if "Resources" not in source.content:
            problem = "must hold a template, an object with Resources, got an object without them"
            raise TemplateError(source.file, problem)
        try:
            return cls.of_content(source.content, source.file, arguments)
        except ShapeError as error:
            raise TemplateError(source.file, str(error), source.position(error.path)) from error

    @classmethod
    def of_content(cls, content: Mapping[str, Any], file: Path, arguments: Arguments = NO_ARGUMENTS) -> Template:
        """Read a template's content that was parsed elsewhere.

        Args:
            content: The template.
            file: What findings name.
            arguments: What a parent gives for its parameters, as far as that decides loops. Defaults to nothing.

        Raises:
            ShapeError: A section or a resource is not what CloudFormation reads.
        """
        with no_garbage_search():
            return cls._of_content(content, file, arguments)

    @classmethod
    def _of_content(cls, content: Mapping[str, Any], file: Path, arguments: Arguments) -> Template:
        # A first reading rejects what is no template, so that the translation need not.
        expansion = Stack.expanded(content, file, arguments)
        stack = Stack.of_template(content, name=file.stem, file=file, expansion=expansion)
        if not is_sam(expansion.template):
            return cls(stack, file)
        written = expansion.template
        translated, origins = translate(written, lambda location: included(file, location))
        expansion = replace(expansion, template=translated)
        stack = Stack.of_template(translated, name=file.stem, file=file, expansion=expansion)
        return cls(stack, file, origins, sam=written)

    @property
    def unread(self) -> list[Unread]:
        """What is not looked into: neither expanded nor read as a template of its own."""
        return sorted({each for each in self.stack.unread if each.logical_id not in self.stack.nested})

    def origin(self, logical_id: str) -> str:
        """Return the logical id that a resource has in the file."""
        return self.body_of or self.origins.get(logical_id, logical_id)

    def place(self, logical_id: str, path: Sequence[str | int] = ()) -> tuple[str | int, ...]:
        """Return where in the file a value is: keys and indexes from the top.

        Args:
            logical_id: The resource.
            path: The value in the resource's ``Properties``; empty for the resource as a whole.
        """
        if self.body_of:
            return ("Resources", self.body_of, "Properties", "TemplateBody")
        origin = self.origin(logical_id)
        resource = self.stack.places.get(origin, ("Resources", origin))
        from_sam = sam_place(self.sam, origin, logical_id, path) if self.sam is not None else None
        if from_sam is not None:
            own = ("Resources", origin)
            return (*resource, *from_sam[2:]) if from_sam[:2] == own else from_sam
        return (*resource, "Properties", *path) if path else resource

    def construct_path(self, logical_id: str) -> str | None:
        """Return the construct path that the CDK noted for a resource, ``None`` where there is none."""
        resource = self.stack.resources.get(logical_id)
        return resource.path if resource else None


def templates(paths: Sequence[Path]) -> Iterator[Template]:
    """Read what paths lead to, and the templates nested in these.

    Args:
        paths: Templates, or directories that ``cdk synth`` wrote.

    Raises:
        AssemblyError: A path leads to neither; a :class:`TemplateError` says where in the file.
    """
    yield from joined([template for path in paths for template in read(path)])


def read(path: Path, problems: list[AssemblyError] | None = None) -> list[Template]:
    """Read what a path leads to.

    Args:
        path: A template, or a directory that ``cdk synth`` wrote.
        problems: Takes what is wrong with one of the templates in such a directory, which then costs none of the
            others. Defaults to none: the first problem is an error.

    Raises:
        AssemblyError: It leads to neither; a :class:`TemplateError` says where in the file.
    """
    if path.is_dir():
        stacks = CloudAssembly.read(path, problems).stacks
        return [Template(stack, stack.file or path) for stack in stacks]
    if not path.exists():
        raise TemplateError(path, "does not exist: name a template, or the directory that `cdk synth` wrote")
    return [Template.of(Source.read(path))]


def joined(found: Sequence[Template]) -> Iterator[Template]:
    """Yield templates that are checked together, each followed by those nested in it.

    Args:
        found: The templates. Those that are in no assembly know each other from then on.
    """
    single = [template.stack for template in found if not template.stack.neighbours]
    for stack in single:
        stack.neighbours[:] = single
    yield from with_nested(found)


def with_nested(found: Sequence[Template]) -> Iterator[Template]:
    """Yield templates, each followed by those of its nested stacks that it names by a path or holds as a text.

    A template that is nested in another one is not yielded a second time by itself.

    Args:
        found: The templates.
    """
    outer = list(found)
    nested = {id(template): list(_nested(template, (template.file.resolve(),))) for template in outer}
    inner = {each.file.resolve() for every in nested.values() for each in every if not each.body_of}
    for template in outer:
        if template.stack.parent is not None or template.file.resolve() not in inner:
            yield template
            yield from nested[id(template)]


def _nested(template: Template, around: tuple[Path, ...]) -> Iterator[Template]:
    for resource in template.stack.resources.values():
        location, arguments = _LOCATIONS.get(resource.type, ("", ""))
        if not location or resource.logical_id in template.stack.nested:
            continue
        for given in _given(resource, arguments):
            child = _child(template, resource, location, template.stack.gives(given))
            if child is None or (not child.body_of and child.file.resolve() in around):
                continue
            stack = replace(
                child.stack,
                name=f"{template.stack.name}-{resource.logical_id}",
                account=template.stack.account,
                region=template.stack.region,
            ).within(template.stack, resource.logical_id, given)
            child = replace(child, stack=stack)
            yield child
            yield from _nested(child, (*around, child.file.resolve()))


_BODY: Final = "TemplateBody"
_LOCATIONS: Final = {
    "AWS::CloudFormation::Stack": ("TemplateURL", "Parameters"),
    "AWS::CloudFormation::StackSet": (_BODY, "Parameters"),
    "AWS::Serverless::Application": ("Location", "Parameters"),
}


def _child(template: Template, resource: Resource, location: str, arguments: Arguments) -> Template | None:
    """Return the template that a resource names or holds; ``None`` where it cannot be read from here."""
    value = resource.properties.get(location)
    try:
        if location != _BODY:
            file = beside(template.file, value)
            return None if file is None else Template.of(Source.read(file), arguments)
        source = _body(template, value)
        if source is None:
            return None
        body = Template.of(source, arguments)
        return replace(body, body_of=template.origin(resource.logical_id), source=template.source)
    except AssemblyError:
        return None


def _body(template: Template, value: object) -> Source | None:
    """Return the template that a property holds, as a text or as it is; ``None`` where it is elsewhere."""
    text = Resolver(template.stack).tree(value)
    if isinstance(text, str):
        return Source.parse(template.file, text)
    match value:
        case {"Fn::ToJsonString": {"Resources": dict()} as written} | ({"Resources": dict()} as written):
            # As a text, so that it has the limits of one.
            return Source.parse(template.file, json.dumps(written))
    return None


def _given(resource: Resource, arguments: str) -> list[Mapping[str, Any]]:
    """Return what a resource gives to its template; a stack set may give each group of instances something else."""
    given = _arguments(resource.properties.get(arguments))
    groups = resource.properties.get("StackInstancesGroup")
    every: list[Mapping[str, Any]] = []
    for group in groups if isinstance(groups, list) else []:
        overrides = _arguments(group.get("ParameterOverrides") if isinstance(group, dict) else None)
        if (both := {**given, **overrides}) not in every:
            every.append(both)
    return every or [given]


def _arguments(given: object) -> Mapping[str, Any]:
    """Return arguments by name; a stack set has them as a list."""
    if isinstance(given, dict):
        return given
    pairs = given if isinstance(given, list) else []
    return {
        str(each["ParameterKey"]): each.get("ParameterValue")
        for each in pairs
        if isinstance(each, dict) and "ParameterKey" in each
    }
