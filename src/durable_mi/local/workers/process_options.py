"""The processes of one execution environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["ProcessOptions"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessOptions:
    """The processes of one execution environment.

    Attributes:
        command: Program and arguments of the process that forks the workers.
        code: Directory with the handler's code; it is the processes' working directory and first on their path.
        concurrency: Number of worker processes.
        variables: Environment variables of the processes, without those of the environment itself.
        reads: What the processes must still see of the machine's ``/tmp`` when they get one of their own. ``None``
            where they cannot have one; then ``TMPDIR`` is a directory of their own instead.
        read_only: Directories that the processes cannot change, where they have a ``/tmp`` of their own.
        hidden: Files and directories that the processes find empty, where they have a ``/tmp`` of their own.
    """

    command: Sequence[str]
    code: Path
    concurrency: int
    variables: Mapping[str, str]
    reads: Sequence[Path] | None = None
    read_only: Sequence[Path] = ()
    hidden: Sequence[Path] = ()
