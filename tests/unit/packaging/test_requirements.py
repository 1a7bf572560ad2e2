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


def test_content_is_what_is_pinned(tmp_path: Path) -> None:
    """Comments, order, continuations, spaces and the spelling of names publish no new version."""
    other = (
        "# another tool\n--index-url   https://packages.example.com/simple\n"
        'python-dateutil[TZ]==2.9.0.post0; python_version  >= "3.9" --hash=sha256:cccc\n'
        "six==1.17.0 --hash=sha256:bbbb --hash=sha256:aaaa # via nothing\n"
    )

    assert read(tmp_path, COMPILED).content == read(tmp_path, other).content


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("six==1.17.0", "six==1.16.0"),
        ("Six", "idna"),
        ("bbbb", "dddd"),
        ("[tz]", ""),
        ('"3.9"', '"3.10"'),
        ("packages", "wheels"),
    ],
)
def test_content_changes_with_what_is_installed(tmp_path: Path, old: str, new: str) -> None:
    """Version, name, hash, extra, marker and index."""
    compiled = COMPILED.replace("Six", "six") if old.startswith("six") else COMPILED
    assert old in compiled

    assert read(tmp_path, compiled).content != read(tmp_path, compiled.replace(old, new)).content


PATHS = [
    "./packages/shared",
    "-e ./packages/shared",
    "-e packages/shared",
    "--editable=./packages/shared",
    "-e ./packages/shared[extra]",
    "./packages/shared ; python_version >= '3.13'",
    "shared @ file://{root}/packages/shared",
    "shared[extra] @ file://{root}/packages/shared ; sys_platform == 'linux'",
    "-e file://{root}/packages/shared",
    "{root}/packages/shared",
]


@pytest.mark.parametrize("line", PATHS)
def test_reads_paths_of_projects(tmp_path: Path, line: str) -> None:
    """As installers and their exports write them; nothing of the path is content."""
    shared = tmp_path / "packages" / "shared"
    shared.mkdir(parents=True)
    (shared / "pyproject.toml").touch()

    locked = read(tmp_path, f"{line.format(root=tmp_path)}\nsix==1.17.0 --hash=sha256:aaaa\n")

    assert [shared] == [each.path for each in locked.local]
    assert read(tmp_path, "six==1.17.0 --hash=sha256:aaaa\n").content == locked.content


def test_paths_are_relative_to_the_file_or_its_workspace(tmp_path: Path) -> None:
    """`uv export` writes paths relative to the workspace, wherever the file is written to."""
    for name in ("packages/shared", "services/orders/vendored"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "pyproject.toml").touch()
    (tmp_path / "uv.lock").touch()

    locked = read(tmp_path / "services" / "orders", "-e ./packages/shared\n-e ./vendored\n")

    assert ["packages/shared", "services/orders/vendored"] == [
        each.path.relative_to(tmp_path).as_posix() for each in locked.local
    ]


def test_reads_paths_of_wheels(tmp_path: Path) -> None:
    """A wheel of the repository is a requirement too."""
    (tmp_path / "shared-1.0-py3-none-any.whl").touch()

    assert 1 == len(read(tmp_path, "./shared-1.0-py3-none-any.whl\n").local)
    assert 1 == len(read(tmp_path, "shared-1.0-py3-none-any.whl --hash=sha256:aaaa\n").local)


@pytest.mark.parametrize("line", ["-e ./gone", "./gone", "shared @ file:///gone", "./gone.whl", "-e ."])
def test_rejects_paths_without_a_project(tmp_path: Path, line: str) -> None:
    """A plain directory cannot be installed."""
    with pytest.raises(ValueError, match=r"^requirements\.txt line 1: .* pyproject\.toml or setup\.py"):
        read(tmp_path, f"{line}\n")


@pytest.mark.parametrize("line", ["-e git+https://example.com/six.git", "six @ git+https://example.com/six.git"])
def test_rejects_repositories(tmp_path: Path, line: str) -> None:
    """What they install depends on the day."""
    with pytest.raises(ValueError, match=r"^requirements\.txt line 1: .*compile"):
        read(tmp_path, f"{line}\n")


def test_install_text_has_whole_paths(tmp_path: Path) -> None:
    """An installer reads it from another directory."""
    (tmp_path / "wheels").mkdir()
    locked = read(tmp_path, "--find-links=wheels\n-f https://example.com/wheels\nsix==1.17.0\n")

    assert (
        f"--find-links {(tmp_path / 'wheels').as_uri()}\n-f https://example.com/wheels\nsix==1.17.0\n"
        == locked.install_text()
    )


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
