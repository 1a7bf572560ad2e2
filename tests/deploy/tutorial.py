"""The tutorial as a reader follows it: its files are written, its commands run in one shell, its outputs compared."""

from __future__ import annotations

import re
import subprocess
import time
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["Block", "Shell", "blocks", "difference"]

_BLOCK: Final = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```', re.DOTALL | re.MULTILINE)
_COLOR: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_END: Final = "tutorial-block-ended"


class Block(NamedTuple):
    """A block of code on the page.

    Attributes:
        kind: What it is: `bash`, `text`, or the language of a file.
        title: The file's name, or the terminal; empty for the first terminal and for outputs.
        text: What is in it.
    """

    kind: str
    title: str
    text: str


def blocks(page: str) -> Iterator[Block]:
    """Yield the blocks in their order."""
    for match in _BLOCK.finditer(page):
        yield Block(*(part or "" for part in match.groups()))


def difference(shown: str, output: str) -> str:
    """Return the first line of an output on the page that the real one has not, in this order; empty if it has all.

    `...` is any text in a line.
    """
    lines = iter(" ".join(_COLOR.sub("", line).split()) for line in output.splitlines())
    for line in filter(None, (" ".join(each.split()) for each in shown.splitlines())):
        pattern = re.compile(".*".join(re.escape(part.strip()) for part in line.split("...")))
        if not any(pattern.search(real) for real in lines):
            return line
    return ""


@dataclass
class Shell:
    """A terminal of the reader: one shell, so that directories and variables last.

    Attributes:
        process: The shell.
        transcript: Where all that it writes goes.
    """

    process: subprocess.Popen[str]
    transcript: Path

    @classmethod
    def start(cls, directory: Path, environment: Mapping[str, str], transcript: Path) -> Shell:
        """Start a shell in a directory."""
        with transcript.open("w") as output:
            process = subprocess.Popen(
                ["bash"],
                cwd=directory,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        return cls(process, transcript)

    @property
    def output(self) -> str:
        """All that it wrote."""
        return self.transcript.read_text()

    def begin(self, script: str) -> None:
        """Hand a script over."""
        stdin: IO[str] | None = self.process.stdin
        assert stdin is not None
        stdin.write(script)
        stdin.flush()

    def run(self, script: str, *, limit_s: float) -> str:
        """Run a script to its end, and return what it wrote; its last command must succeed.

        Commands get no input, as the shell reads its own from there.
        """
        before = len(self.output)
        self.begin(f"{{\n{script}\n}} </dev/null; echo {_END}-$?\n")
        found = self.wait_for(re.compile(rf"^{_END}-(\d+)$", re.MULTILINE), before, limit_s=limit_s)
        output = self.output[before : found.start()]
        assert "0" == found[1], f"{script}\n{output[-4000:]}"
        return output

    def wait_for(self, pattern: re.Pattern[str], begin: int = 0, *, limit_s: float) -> re.Match[str]:
        """Wait until it has written something."""
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            if found := pattern.search(self.output, begin):
                return found
            time.sleep(0.1)
        msg = f"it must write {pattern.pattern} within {limit_s} seconds, got:\n{self.output[begin:][-4000:]}"
        raise AssertionError(msg)
