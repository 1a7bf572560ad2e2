"""The environment of a new user: an empty home, and no tool but Python, git, make and the system's own."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

__all__ = ["newcomer_environment"]

_NOT_THERE: Final = {
    *("aws", "cdk", "docker", "durable-mi", "node", "nodejs", "npm", "npx", "podman", "python", "python3"),
    *("sam", "uv", "uvx"),
}
"""What the setup brings, and what it must do without."""

_OF_THE_MACHINE: Final = (
    *("PIP_", "UV_", "SSL_", "NODE_EXTRA", "REQUESTS_", "CURL_", "HTTP", "http", "NO_PROXY", "no_proxy"),
)
"""How this machine reaches its indexes is the machine's, not the project's."""


def newcomer_environment(home: Path, programs: Path) -> dict[str, str]:
    """Return the environment variables.

    Args:
        home: An empty directory for the home.
        programs: An empty directory for the programs. Its ``python3`` is the interpreter that the environment of these
            tests was made of: a new user has no other environment.
    """
    for folder in ("/usr/bin", "/bin"):
        for program in Path(folder).iterdir():
            link = programs / program.name
            if program.name not in _NOT_THERE and not link.is_symlink():
                link.symlink_to(program)
    python = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    (programs / "python3").symlink_to(python.resolve())
    kept = {name: value for name, value in os.environ.items() if name.startswith(_OF_THE_MACHINE)}
    return {**kept, "HOME": str(home), "PATH": str(programs), "LANG": "C.UTF-8"}
