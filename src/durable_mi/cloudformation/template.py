"""What a user names, read into stacks: a template, a SAM template, or a whole cloud assembly."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from durable_mi.cloudformation import sam
from durable_mi.cloudformation.assembly import CloudAssembly, ShapeError, Stack
from durable_mi.cloudformation.source import Position, Source, TemplateError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["Template", "templates"]


@dataclass(frozen=True, slots=True)
class Template:
    """One template to check.

    Attributes:
        stack: What it describes, SAM's resources in CloudFormation's form.
        file: The template.
        origins: Resources that replace SAM's: logical id to the logical id in the file.
    """

    stack: Stack
    file: Path
    origins: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, source: Source) -> Template:
        """Read a template's content.

        Raises:
            TemplateError: A section or a resource is not what CloudFormation reads.
        """
        if "Resources" not in source.content:
            problem = "must hold a template, an object with Resources, got an object without them"
            raise TemplateError(source.file, problem)
        try:
            return cls.of_content(source.content, source.file)
        except ShapeError as error:
            raise TemplateError(source.file, str(error), source.position(error.path)) from error

    @classmethod
    def of_content(cls, content: Mapping[str, Any], file: Path) -> Template:
        """Read a template's content that was parsed elsewhere.

        Args:
            content: The template.
            file: What findings name.

        Raises:
            ShapeError: A section or a resource is not what CloudFormation reads.
        """
        # A first reading rejects what is no template, so that the translation need not.
        stack = Stack.of_template(content, name=file.stem, file=file)
        if not sam.is_sam(content):
            return cls(stack, file)
        translated, origins = sam.translate(content)
        return cls(Stack.of_template(translated, name=file.stem, file=file), file, origins)

    def origin(self, logical_id: str) -> str:
        """Return the logical id that a resource has in the file."""
        return self.origins.get(logical_id, logical_id)

    def construct_path(self, logical_id: str) -> str | None:
        """Return the construct path that the CDK noted for a resource, ``None`` where there is none."""
        resource = self.stack.resources.get(logical_id)
        return resource.path if resource else None


def templates(paths: Sequence[Path]) -> Iterator[Template]:
    """Read what paths lead to.

    Args:
        paths: Templates, or directories that ``cdk synth`` wrote.

    Raises:
        AssemblyError: A path leads to neither; a :class:`TemplateError` says where in the file.
    """
    for path in paths:
        if path.is_dir():
            for stack in CloudAssembly.read(path).stacks:
                file = stack.file or path
                yield Template(stack, file)
        elif not path.exists():
            raise TemplateError(
                path, "does not exist: name a template, or the directory that `cdk synth` wrote", Position()
            )
        else:
            yield Template.of(Source.read(path))
