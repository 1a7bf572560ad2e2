"""The name of a new project, and what is named after it."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass
from typing import Final

from durable_mi.scaffold.needed_modules import NEEDED_BY_THE_PROJECT, STANDARD_LIBRARY

__all__ = ["ProjectName", "ProjectNameError"]

_FORM: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*")
_LONGEST: Final = 40
"""CloudFormation puts the stack's name before the names of resources, of which Lambda's have 64 characters."""
_DEVICES: Final = frozenset(
    {"con", "prn", "aux", "nul", *(f"{device}{number}" for device in ("com", "lpt") for number in range(1, 10))}
)
"""Names that no file has on Windows."""


class ProjectNameError(ValueError):
    """A name that a project cannot have; ``str()`` is one line."""


@dataclass(frozen=True, slots=True)
class ProjectName:
    """A name that a directory, a Python module and a CloudFormation stack can have.

    Attributes:
        name: The name of the directory and the distribution, such as ``loan-approval``.
    """

    name: str

    @classmethod
    def parse(cls, name: str) -> ProjectName:
        """Check a name.

        Raises:
            ProjectNameError: A module or a stack cannot have it, or it would hide a module that is needed.
        """
        came = name if len(name) <= _LONGEST else f"{name[:_LONGEST]}..."
        if len(name) > _LONGEST or not _FORM.fullmatch(name):
            msg = (
                f"NAME must be at most {_LONGEST} of the letters A to Z, digits, and single - or _ between them, and "
                f"begin with a letter, such as loan-approval, got {came!r}"
            )
            raise ProjectNameError(msg)
        found = cls(name)
        module = found.module
        if keyword.iskeyword(module) or keyword.issoftkeyword(module):
            reason = "is a keyword of Python"
        elif module in STANDARD_LIBRARY:
            reason = "is a module of Python's standard library"
        elif module in NEEDED_BY_THE_PROJECT:
            reason = "is a module or directory that the project needs itself"
        elif module in _DEVICES:
            reason = "is the name of a device on Windows"
        else:
            return found
        msg = f"NAME must be new as a Python module, got {name!r}: {module} {reason}, take a name such as my-{name}"
        raise ProjectNameError(msg)

    @property
    def module(self) -> str:
        """The workflow's module, such as ``loan_approval``."""
        return self.name.replace("-", "_").lower()

    @property
    def stack(self) -> str:
        """The stack, such as ``LoanApproval``."""
        return "".join(word[0].upper() + word[1:] for word in re.split("[-_]", self.name))
