"""Files in ``/tmp`` that one step writes and another one reads: the other can run on another machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from durable_mi.lint.code.values import Constant, Made, Text, Value, alternatives
from durable_mi.lint.code.zone import ZoneKind

if TYPE_CHECKING:
    import ast

    from durable_mi.lint.code.frame import Frame
    from durable_mi.lint.code.module import Module
    from durable_mi.lint.code.reporting import Reporter
    from durable_mi.lint.code.zone import Zone

__all__ = ["TemporaryFiles", "temporary_path"]


_PATHS: Final = ("pathlib.", "os.path.join()", "posixpath.join()")


def temporary_path(value: Value) -> str | None:
    """Return a path below ``/tmp``, with ``*`` for what is not known; ``None`` if it is not certain to be one."""
    for each in alternatives(value):
        match each:
            case Constant(value=str(text)):
                path = text
            case Text(parts=parts):
                path = "".join("*" if part is None else part for part in parts)
            case Made(path=made, arguments=arguments) if made.startswith(_PATHS) and arguments:
                path = "/".join(_text(argument) for argument in arguments)
            case _:
                continue
        if path.startswith("/tmp/"):  # noqa: S108 - the paths of the code that is read
            return path
    return None


def _text(value: Value) -> str:
    match value:
        case Constant(value=str(text)):
            return text.rstrip("/")
        case Text(parts=parts):
            return "".join("*" if part is None else part for part in parts)
    return "*"


@dataclass(eq=False, slots=True)
class TemporaryFiles:
    """Who writes and who reads the files in ``/tmp``."""

    writes: dict[str, list[Zone]] = field(default_factory=dict)
    reads: list[tuple[str, Zone, Module, ast.AST]] = field(default_factory=list)

    def write(self, path: str, frame: Frame) -> None:
        """Note a file that is written."""
        if frame.zone.kind is not ZoneKind.IMPORT:
            self.writes.setdefault(path, []).append(frame.zone)

    def read(self, path: str, frame: Frame, node: ast.AST) -> None:
        """Note a file that is read."""
        if frame.zone.kind is not ZoneKind.IMPORT:
            self.reads.append((path, frame.zone, *(frame.site or (frame.module, node))))

    def report(self, run: Reporter) -> None:
        """Report the files that are read in another body than the one that writes them."""
        for path, zone, module, node in self.reads:
            writers = self.writes.get(path, [])
            if writers and all(writer.body is not zone.body for writer in writers):
                run.report_at(
                    "DMC107",
                    module,
                    node,
                    f"{path} must be read in the step that writes it: the next step can run in another execution "
                    "environment, "
                    "which does not have the file; keep it in S3 and pass its key on",
                )
