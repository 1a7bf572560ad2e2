"""The one line for a module that an extra of this distribution installs."""

from __future__ import annotations

__all__ = ["missing_extra", "needs_extra"]


def needs_extra(needed_by: str, module: str, extra: str) -> str:
    """Return one line that names the ``pip install`` to run.

    Args:
        needed_by: What needs the module, such as a command or a module.
        module: The module that was not found.
        extra: The extra that installs it.
    """
    return f"{needed_by} needs {module}, which is not installed: pip install 'durable-mi-constructs[{extra}]'"


def missing_extra(error: ModuleNotFoundError, needed_by: str, extra: str) -> ModuleNotFoundError:
    """Return an error to raise instead of the one of an import, with that line.

    Args:
        error: What the import raised.
        needed_by: The module that imports.
        extra: The extra that installs the imported module.
    """
    module = (error.name or "").partition(".")[0]
    return ModuleNotFoundError(needs_extra(needed_by, module, extra), name=module)
