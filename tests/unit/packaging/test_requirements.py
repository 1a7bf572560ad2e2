"""Reading a requirements file as a lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from durable_mi.packaging import LockedRequirements

if TYPE_CHECKING:
    from pathlib import Path

COMPILED = """\
# compiled by a tool
--index-url https://packages.example.com/simple

Six==1.17.0 \\
    --hash=sha256:aaaa \\
    --hash=sha256:bbbb
    # via python-dateutil
python_dateutil[tz] == 2.9.0.post0 ; python_version >= "3.9" --hash=sha256:cccc  # via botocore
"""


def read(directory: Path, text: str) -> LockedRequirements:
    """Write a requirements file, and read it."""
    path = directory / "requirements.txt"
    path.write_text(text)
    return LockedRequirements.read(path)


def test_reads_what_compilers_write(tmp_path: Path) -> None:
    """Comments, continuations, hashes, extras and markers are understood, and names are in their normal form."""
    locked = read(tmp_path, COMPILED)

    assert [
        ("six", "1.17.0", ""),
        ("python-dateutil", "2.9.0.post0", 'python_version >= "3.9"'),
    ] == [(pin.name, pin.version, pin.marker) for pin in locked.pins]
    assert locked.hashed


def test_an_empty_file_requires_nothing(tmp_path: Path) -> None:
    """A project without requirements has a file without requirements."""
    locked = read(tmp_path, "# nothing\n")

    assert () == locked.pins
    assert not locked.hashed


def test_line_ends_are_not_content(tmp_path: Path) -> None:
    """A checkout with Windows line ends has the same content."""
    unix = read(tmp_path, "six==1.17.0\n").content
    (tmp_path / "requirements.txt").write_bytes(b"six==1.17.0\r\n")

    assert unix == LockedRequirements.read(tmp_path / "requirements.txt").content


@pytest.mark.parametrize(
    "line",
    ["six", "six>=1.16", "six==1.*", "six>=1,==1.17.0", "six @ https://example.com/six.whl", "./six", "six==1.17.0,<2"],
)
def test_rejects_unpinned_requirements(tmp_path: Path, line: str) -> None:
    """Anything but one exact version is refused, with the line that it is on."""
    with pytest.raises(
        ValueError, match=r"^requirements\.txt line 3: a requirement must be pinned as name==version, got"
    ):
        read(tmp_path, f"idna==3.10\n\n{line}\n")


@pytest.mark.parametrize("line", ["-r other.txt", "-c constraints.txt", "-e .", "--no-binary :all:", "--requirement=a"])
def test_rejects_options_that_a_lock_cannot_have(tmp_path: Path, line: str) -> None:
    """A lock does not lead to other files, and does not ask for builds."""
    with pytest.raises(ValueError, match=r"^requirements\.txt line 1: a lock must name every requirement, got"):
        read(tmp_path, f"{line}\n")


def test_rejects_options_of_a_requirement(tmp_path: Path) -> None:
    """A requirement has hashes and nothing else behind it."""
    with pytest.raises(ValueError, match=r"no option except --hash, got '--config-settings=a=b'$"):
        read(tmp_path, "six==1.17.0 --config-settings=a=b\n")


def test_rejects_hashes_on_some(tmp_path: Path) -> None:
    """One requirement without a hash among others with one would go unchecked."""
    with pytest.raises(ValueError, match=r"got none for idna==3\.10;"):
        read(tmp_path, "six==1.17.0 --hash=sha256:aaaa\nidna==3.10\n")


def test_rejects_a_missing_file(tmp_path: Path) -> None:
    """The message says where the file was looked for."""
    with pytest.raises(
        ValueError, match=r"^the project must have its locked requirements in requirements\.txt, got no"
    ):
        LockedRequirements.read(tmp_path / "requirements.txt")


@pytest.mark.parametrize(
    ("other", "command"),
    [
        ("uv.lock", "uv export --no-dev --no-emit-project --output-file requirements.txt"),
        ("pyproject.toml", "uv pip compile pyproject.toml --generate-hashes --output-file requirements.txt"),
        ("requirements.in", "uv pip compile requirements.in --generate-hashes --output-file requirements.txt"),
    ],
)
def test_rejects_another_lock_with_the_command_to_export_it(tmp_path: Path, other: str, command: str) -> None:
    """Where another file says what is required, the message has the command that makes a requirements file from it."""
    (tmp_path / other).touch()
    with pytest.raises(ValueError, match=f"; create it from {other}: {command}$"):
        LockedRequirements.read(tmp_path / "requirements.txt")
