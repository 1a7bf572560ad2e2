"""The platform of a deployment package."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from durable_mi import limits

GLIBC_MINOR: Final = 34
"""Amazon Linux 2023, which python3.12 and newer run on, has glibc 2.34. AL2023 User Guide [compare-with-al2-packages],
DG [lambda-runtimes]."""

OLDEST_GLIBC_MINOR: Final = 17
"""Wheels for glibc 2.17 (``manylinux2014``) and later run there too. PEP 600."""

MACHINES: Final = {"arm64": "aarch64", "x86_64": "x86_64"}
"""Lambda's names of architectures, with the names that wheels use."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PackageTarget:
    """Architecture and Python version of the function that a package is for.

    Attributes:
        architecture: ``arm64`` or ``x86_64``.
        python: Python version as ``3.13``, without the patch level.
    """

    architecture: str
    python: str

    @classmethod
    def for_runtime(cls, runtime: str, architecture: str) -> PackageTarget:
        """Name the target of a Lambda runtime.

        Args:
            runtime: The runtime's identifier, such as ``python3.13``.
            architecture: ``arm64`` or ``x86_64``.

        Raises:
            ValueError: The runtime is not a Python runtime, or the architecture is not one of Lambda's.
        """
        family, python = runtime[: len("python")], runtime[len("python") :]
        if family != "python" or not python.replace(".", "", 1).isdigit():
            msg = f"the code is a Python project, so the runtime must be a Python runtime, got {runtime}"
            raise ValueError(msg)
        if architecture not in limits.ARCHITECTURES:
            msg = f"the architecture must be one of {', '.join(limits.ARCHITECTURES)}, got {architecture}"
            raise ValueError(msg)
        return cls(architecture=architecture, python=python)

    def __str__(self) -> str:
        """Return the target's name for messages."""
        return f"{self.architecture} and Python {self.python}"

    @property
    def machine(self) -> str:
        """The architecture's name in wheels: ``aarch64`` or ``x86_64``."""
        return MACHINES[self.architecture]

    @property
    def uv_platform(self) -> str:
        """The value of uv's ``--python-platform``."""
        return f"{self.machine}-manylinux_2_{GLIBC_MINOR}"

    @property
    def pip_platforms(self) -> tuple[str, ...]:
        """The values of pip's ``--platform``, best first: pip, unlike uv, takes each platform tag by itself."""
        tags = [f"manylinux_2_{minor}_{self.machine}" for minor in range(GLIBC_MINOR, OLDEST_GLIBC_MINOR - 1, -1)]
        return (*tags, f"manylinux2014_{self.machine}", f"linux_{self.machine}")
