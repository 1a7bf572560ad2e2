"""`make release-check`: a right project has no finding, and each broken one has its own."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.project.conftest import METADATA, ROOT, Checkout, Sample, needs_git, with_files
from tools.release_check.__main__ import report
from tools.release_check.archives import Distributions
from tools.release_check.contents import LARGEST_ARCHIVE, LARGEST_FILE, check_contents
from tools.release_check.finding import Finding
from tools.release_check.metadata import check_classifiers, check_summary
from tools.release_check.missing import check_missing, relative_links
from tools.release_check.notices import check_notices
from tools.release_check.project import NotReleasableError, Project
from tools.release_check.sdist_tests import check_sdist_tests
from tools.release_check.versions import check_version, order

if TYPE_CHECKING:
    from collections.abc import Iterable

TODAY = date(2026, 2, 2)


def messages(found: Iterable[Finding]) -> list[str]:
    """Return what was found, as text."""
    return [each.message for each in found]


def test_a_right_project_can_be_released(checkout: Checkout) -> None:
    """No check has anything to say, also with its tag."""
    project, built = checkout.project, checkout.built()
    checkout.git("tag", "v1.2.3")

    assert [] == messages(check_version(project, "v1.2.3"))
    assert [] == messages(check_contents(project, built))
    assert [] == messages(check_notices(project, built))
    assert [] == messages(check_summary(project))
    assert [] == messages(check_classifiers(project, built))
    assert [] == messages(check_missing(project))


@needs_git
def test_this_project_has_no_errors_that_need_no_build() -> None:
    """What is wrong shows here at once, and not at the release."""
    project = Project.read(ROOT)

    assert [] == messages(check_version(project, None))
    assert [] == messages(check_summary(project))
    assert [] == [each.message for each in check_missing(project) if not each.to_fill_in]


@pytest.mark.parametrize(
    "version", ["1.2", "1.2.3.4", "v1.2.3", "1.02.3", "1.2.3-rc1", "1.2.3.dev1", "1.2.3rc", "", "①.2.3"]
)
def test_rejects_a_version(checkout: Checkout, version: str) -> None:
    """It is semantic and PyPI's normal form."""
    checkout.edit("pyproject.toml", '"1.2.3"', f'"{version}"')

    (message,) = messages(check_version(checkout.project, None))

    assert message.startswith("the version in pyproject.toml must be MAJOR.MINOR.PATCH")
    assert message.endswith(repr(version))


@pytest.mark.parametrize("version", ["0.1.0", "1.0.0rc1", "10.20.30", "1.0.0a10"])
def test_a_version_and_its_tag(checkout: Checkout, version: str) -> None:
    """Pre-releases too."""
    checkout.edit("pyproject.toml", '"1.2.3"', f'"{version}"')
    checkout.commit()

    assert [] == messages(check_version(checkout.project, f"v{version}"))


@pytest.mark.parametrize("tag", ["1.2.3", "v1.2.4", "v1.2.3 ", "release-1.2.3"])
def test_rejects_a_tag_of_another_version(checkout: Checkout, tag: str) -> None:
    """A tag is the version with a v."""
    (message,) = messages(check_version(checkout.project, tag))

    assert message.startswith("the tag must be v1.2.3")


def test_rejects_a_version_that_was_released(checkout: Checkout) -> None:
    """Its tag is on an earlier commit. Between two releases that is always so, and no finding."""
    checkout.git("tag", "v1.2.3")
    checkout.write("README.md", "# Changed\n")
    checkout.commit()

    assert [] == messages(check_version(checkout.project, None))
    (message,) = messages(check_version(checkout.project, "v1.2.3"))
    assert message.startswith("a version must be released once, but v1.2.3 is the tag of ")


@pytest.mark.parametrize("name", ["README.md", "new.txt"])
def test_rejects_what_is_not_committed(checkout: Checkout, name: str) -> None:
    """With a tag only: before it, one tries."""
    (checkout.root / name).write_text("changed")

    assert [] == messages(check_version(checkout.project, None))
    (message,) = messages(check_version(checkout.project, "v1.2.3"))
    assert f"got 1 changed or new files such as {name}: " in message


def test_versions_sort() -> None:
    """Pre-releases come before their release, and numbers are numbers."""
    versions = ["1.0.0a2", "1.0.0a10", "1.0.0b1", "1.0.0rc1", "1.0.0", "1.0.1", "1.2.0", "1.10.0"]

    assert versions == sorted({*versions}, key=order)


def test_rejects_what_is_no_checkout(tmp_path: Path) -> None:
    """In one line."""
    with pytest.raises(NotReleasableError, match=r"the project must have a pyproject\.toml"):
        Project.read(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    with pytest.raises(NotReleasableError, match="in a git checkout, got: fatal: not a git repository"):
        Project.read(tmp_path)


@pytest.mark.parametrize("version", ["", "version = 1.2\n"])
def test_rejects_a_project_without_version(sample: Sample, version: str) -> None:
    """Also with one that is no text."""
    sample.edit("pyproject.toml", 'version = "1.2.3"\n', version)

    with pytest.raises(NotReleasableError, match="must have a version as text"):
        _ = sample.project.version


@pytest.mark.parametrize("name", ["sample/cli.py", "sample/py.typed"])
def test_rejects_a_wheel_without_a_file(sample: Sample, name: str) -> None:
    """It has the whole source."""
    built = sample.built()

    found = messages(check_contents(sample.project, replace(built, wheel=with_files(built.wheel, **{name: None}))))

    assert (
        f"the wheel must have every file that git tracks, {name} is missing: see [tool.hatch.build] in pyproject.toml"
        in found
    )


@pytest.mark.parametrize("name", ["tests/test_x.py", "sample/__pycache__/cli.pyc", "other/__init__.py"])
def test_rejects_a_wheel_with_a_foreign_file(sample: Sample, name: str) -> None:
    """Nothing that lies around is shipped."""
    built = sample.built()

    (message,) = messages(check_contents(sample.project, replace(built, wheel=with_files(built.wheel, **{name: b""}))))

    assert f"the wheel must have only files that git tracks, {name} is not: remove or commit them" == message


@pytest.mark.parametrize(
    ("name", "content", "words"), [("LICENSE", None, "is missing"), (".env", b"SECRET=1", ".env is not")]
)
def test_rejects_a_source_distribution(sample: Sample, name: str, content: bytes | None, words: str) -> None:
    """It is what git tracks."""
    built = sample.built()

    found = messages(check_contents(sample.project, replace(built, sdist=with_files(built.sdist, **{name: content}))))

    assert 1 == len(found)
    assert found[0].startswith("the source distribution must have")
    assert words in found[0]


def test_rejects_large_files(sample: Sample) -> None:
    """Of both distributions, and what is large as a whole."""
    sample.write("docs/film.txt", "x" * (LARGEST_FILE + 1))
    built = sample.built()
    built.wheel.path.write_bytes(b"\0" * (LARGEST_ARCHIVE + 1))

    found = messages(check_contents(sample.project, built))

    assert 2 == len(found)
    assert found[0].startswith("sample-1.2.3-py3-none-any.whl must have at most 5,000,000 bytes, got 5,000,001")
    assert found[1].endswith("got docs/film.txt with 500,001")


def test_rejects_distributions_of_another_version(sample: Sample) -> None:
    """Such as those of the last build."""
    built = sample.built()
    other = METADATA.replace("1.2.3", "1.2.2").encode()

    found = messages(
        check_contents(sample.project, replace(built, sdist=with_files(built.sdist, **{"PKG-INFO": other})))
    )

    assert ["sample-1.2.3.tar.gz must be of version 1.2.3, got 1.2.2: build it again"] == found


def test_rejects_an_entry_point_without_module(sample: Sample) -> None:
    """A command that cannot start."""
    (sample.root / "src/sample/cli.py").unlink()

    assert [
        "the entry point sample of console_scripts must name a module of the wheel, got sample.cli:main"
    ] == messages(check_contents(sample.project, sample.built()))


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("sample/page/font.woff2", b"\x00", "of a kind that nobody writes by hand here (.woff2)"),
        ("sample/page/photo.png", b"\x89PNG", "(.png)"),
        ("sample/page/lib.js", b"/*! @license MIT */", "has '@license'"),
        ("sample/page/lib.css", b"/* Copyright (c) 2020 Somebody */", "has 'Copyright (c)'"),
        ("sample/x.py", "# © 2021 Somebody".encode(), "has '© 2021'"),
        ("sample/x.py", b"# SPDX-License-Identifier: MIT", "has 'SPDX-License-Identifier'"),
        ("sample/page/lib.min.js", b"a()", "is a bundle"),
        ("sample/page/app.js", b"a();" * 300, "is a bundle"),
        ("sample/x.py", b"\xff", "is no text"),
    ],
)
def test_rejects_what_others_made_without_notice(sample: Sample, name: str, content: bytes, reason: str) -> None:
    """Until NOTICE names it, and is shipped."""
    built = sample.built()
    built = replace(built, wheel=with_files(built.wheel, **{name: content}))

    (message,) = messages(check_notices(sample.project, built))
    sample.write("NOTICE", f"{name}: MIT, by somebody\n")
    (not_shipped,) = messages(check_notices(sample.project, built))

    assert f"got {name} in the wheel, which " in message
    assert reason in message
    assert "the wheel must have the file NOTICE: add it to license-files in pyproject.toml" == not_shipped


def test_rejects_another_licence(sample: Sample) -> None:
    """The file, the field and what is shipped agree."""
    sample.write("LICENSE", "MIT License\n")
    sample.edit("pyproject.toml", '"Apache-2.0"', '"MIT"')
    built = sample.built()
    found = messages(check_notices(sample.project, replace(built, sdist=with_files(built.sdist, LICENSE=None))))

    assert 3 == len(found)
    assert found[0].endswith("like the file LICENSE, got 'MIT'")
    assert found[1].startswith("LICENSE must be the text of Apache-2.0")
    assert "sample-1.2.3.tar.gz must have the file LICENSE: add it to license-files" == found[2]


def test_rejects_a_missing_licence_in_one_line(sample: Sample) -> None:
    """That the archives lack it follows from it."""
    sample.write("LICENSE", "")

    assert ["LICENSE must hold the text of Apache-2.0, got nothing: add the file"] == messages(
        check_notices(sample.project, sample.built())
    )


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("Typing :: Typed", "Typing :: Very", "a classifier must be one that PyPI knows, got 'Typing :: Very'"),
        (
            "Typing :: Typed",
            "License :: OSI Approved :: Apache Software License",
            "must go: the licence is in `license`",
        ),
        ("Typing :: Typed", "Private :: Do Not Upload", "must go: PyPI rejects such uploads"),
        ("Python :: 3.12", "Python :: 3.13", "must be what .github/workflows/ci.yml tries, ['3.11', '3.12'], got"),
        ('">=3.11"', '">=3.12"', "requires-python must be '>=3.11' like the lowest classifier, got '>=3.12'"),
        ("5 - Production/Stable", "4 - Beta", "the development status of 1.2.3 must be 5 - Production/Stable, got"),
        (
            'version = "1.2.3"',
            'version = "0.2.3"',
            "the development status of 0.2.3 must be 3 - Alpha or 4 - Beta, got",
        ),
        ("aws-cdk-lib>=2.271.0,<3", "aws-cdk-lib>=3.1", "must be ['Framework :: AWS CDK :: 3'] like the dependency"),
    ],
)
def test_rejects_classifiers_that_are_not_true(sample: Sample, old: str, new: str, words: str) -> None:
    """Each is compared with what it claims."""
    sample.edit("pyproject.toml", old, new)

    assert any(words in each for each in messages(check_classifiers(sample.project, sample.built())))


def test_rejects_untyped_packages_and_wheels_of_a_platform(sample: Sample) -> None:
    """Of every package in the wheel."""
    built = sample.built()
    wheel = with_files(built.wheel, **{"other/__init__.py": b""})
    wheel = replace(wheel, path=wheel.path.with_name("sample-1.2.3-cp311-cp311-linux_x86_64.whl"))

    found = messages(check_classifiers(sample.project, replace(built, wheel=wheel)))

    assert 2 == len(found)
    assert "'Typing :: Typed' must be true of each package, got no py.typed in other" == found[0]
    assert found[1].endswith("got sample-1.2.3-cp311-cp311-linux_x86_64.whl")


@pytest.mark.parametrize(
    "workflow", ["", "jobs: {}", "jobs: {test: {}}", "- a", "a: [", "jobs: {test: {strategy: []}}"]
)
def test_rejects_a_workflow_without_matrix(sample: Sample, workflow: str) -> None:
    """Then nothing shows that the classifiers are true."""
    sample.write(".github/workflows/ci.yml", workflow)

    with pytest.raises(NotReleasableError, match="must have a job `test` with the Python versions"):
        list(check_classifiers(sample.project, sample.built()))


@pytest.mark.parametrize("summary", ["", "two\\nlines", "x" * 513])
def test_rejects_a_summary(sample: Sample, summary: str) -> None:
    """PyPI shows it in one line."""
    sample.edit("pyproject.toml", '"A sample"', f'"{summary}"')

    (message,) = messages(check_summary(sample.project))

    assert message.startswith("the description in pyproject.toml must be one line")


def test_lists_what_a_maintainer_must_fill_in(sample: Sample) -> None:
    """Addresses, contacts, links that PyPI cannot follow, and marks in the policies and the workflows."""
    sample.edit("pyproject.toml", 'authors = [{ name = "Somebody" }]\n', "")
    sample.edit("pyproject.toml", 'Issues = "https://sample.org/issues"\n', "")
    sample.write("README.md", "![page](docs/page.png) [x](https://a.org) [y](#there)\n")
    sample.write("SECURITY.md", "# Security\n\n**To fill in by a maintainer: whom to write**\n")
    sample.write(".github/workflows/release.yml", "# To fill in by a maintainer: the publisher\n")
    sample.write("docs/page.md", "To fill in by a maintainer: nothing, a page about it\n")

    found = list(check_missing(sample.project))

    assert all(each.to_fill_in for each in found)
    assert [
        "pyproject.toml, [project.urls]: the addresses of Issues",
        "pyproject.toml, [project]: authors or maintainers, with a name or an address",
        (
            "README.md: 1 links and pictures that PyPI cannot follow, since they are relative: prefix them with the "
            "repository's address (docs/page.png)"
        ),
        ".github/workflows/release.yml:1: the publisher",
        "SECURITY.md:3: whom to write",
    ] == messages(found)


@pytest.mark.parametrize(
    "url",
    [
        "http://sample.org",
        "https://localhost/x",
        "https://example.com/x",
        "https://docs.example.org",
        "sample.org",
        "TODO",
    ],
)
def test_rejects_an_invented_address(sample: Sample, url: str) -> None:
    """Nobody can reach it."""
    sample.edit("pyproject.toml", "https://sample.org/issues", url)

    (found,) = check_missing(sample.project)

    assert not found.to_fill_in
    assert found.message.endswith(f"must be a public https address, got {url!r}")


def test_finds_relative_links() -> None:
    """In each form that Markdown has, each once, and none in code."""
    text = (
        "[a](one.md) ![b](<two.png> 'title') [c](one.md#there) [d]\n\n[d]: three.md\n<img src=\"four.png\">\n"
        "[e](https://x.org) [f](#g) [h](mailto:a@b.org) [i](//x.org)\n\n`[j](code.md)`\n\n```text\n[k](code.md)\n```\n"
        "[l](one.md)\n"
    )

    assert ["one.md", "two.png", "one.md#there", "three.md", "four.png"] == relative_links(text)


def test_a_release_needs_what_is_to_fill_in() -> None:
    """Without a tag it is only listed, and an error is one always."""
    to_fill_in = [Finding(message="an address", to_fill_in=True)]

    assert (
        "to fill in by a maintainer: an address\n1.0.0 has no errors, and 1 to fill in before its tag",
        True,
    ) == report(to_fill_in, "1.0.0", None)
    assert (
        "1.0.0 cannot be released: 0 errors, 1 to fill in" == report(to_fill_in, "1.0.0", "v1.0.0")[0].splitlines()[-1]
    )
    assert ("error: wrong\n1.0.0 cannot be released: 1 error, 0 to fill in", False) == report(
        [Finding(message="wrong")], "1.0.0", None
    )


def write_archives(directory: Path, wheel: bytes | None = None) -> None:
    """Write a wheel and a source distribution that passes its own test."""
    directory.mkdir()
    with zipfile.ZipFile(directory / "s-1-py3-none-any.whl", "w") as archive:
        archive.writestr("s-1.dist-info/METADATA", METADATA)
    if wheel is not None:
        (directory / "s-1-py3-none-any.whl").write_bytes(wheel)
    test = "import s\n\n\ndef test_it():\n    assert s.__file__.startswith(__file__.partition('tests')[0])\n"
    with tarfile.open(directory / "s-1.tar.gz", "w:gz") as archive:
        for name, text in {"PKG-INFO": METADATA, "src/s.py": "", "tests/unit/test_s.py": test}.items():
            member = tarfile.TarInfo(f"s-1/{name}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))


def test_reads_archives(tmp_path: Path) -> None:
    """Without the directory that a source distribution has."""
    write_archives(tmp_path / "dist")

    built = Distributions.read(tmp_path / "dist")

    assert {"PKG-INFO", "src/s.py", "tests/unit/test_s.py"} == built.sdist.files.keys()
    assert "1.2.3" == built.wheel.metadata()["Version"]


@pytest.mark.parametrize("change", ["missing", "empty", "two", "foreign", "broken"])
def test_rejects_a_directory_of_distributions(tmp_path: Path, change: str) -> None:
    """It holds one build, and nothing of another one."""
    dist = tmp_path / "dist"
    if change == "empty":
        dist.mkdir()
    elif change != "missing":
        write_archives(dist, wheel=b"PK" if change == "broken" else None)
    if change in {"two", "foreign"}:
        (dist / {"two": "s-0-py3-none-any.whl", "foreign": "notes.md"}[change]).touch()

    words = "must be readable archives" if change == "broken" else "must hold one wheel and one source distribution"
    with pytest.raises(NotReleasableError, match=words):
        Distributions.read(dist)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.REGTYPE])
def test_rejects_links_and_files_beside(tmp_path: Path, kind: bytes) -> None:
    """An archive with a link, or with a file out of its directory, was not built here."""
    write_archives(tmp_path / "dist")
    member = tarfile.TarInfo("s-1/link" if kind == tarfile.SYMTYPE else "other/file")
    member.type, member.linkname = kind, "target"
    with tarfile.open(tmp_path / "dist/s-1.tar.gz", "w:gz") as archive:
        archive.addfile(member)

    with pytest.raises(NotReleasableError, match="must hold only files below s-1/, got "):
        Distributions.read(tmp_path / "dist")


def test_rejects_a_source_distribution_whose_tests_fail(tmp_path: Path) -> None:
    """The tests run in what was unpacked, whose source comes first, and the end of their output is shown."""
    write_archives(tmp_path / "dist")
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\nls tests/unit; echo "$PYTHONPATH" "$@"; [ "$PYTHONPATH" = "$PWD/src" ] && exit 1\n')
    python.chmod(0o755)

    (message,) = messages(check_sdist_tests(tmp_path / "dist/s-1.tar.gz", python))

    assert message.startswith("the source distribution must pass its own tests (tests/unit), got:\ntest_s.py\n/")
    assert message.endswith("/s-1/src -m pytest --quiet -p no:cacheprovider tests/unit")


@pytest.mark.slow
def test_the_source_distribution_tests_itself(tmp_path: Path) -> None:
    """Its own source is what is tested, and a failing test is a finding."""
    write_archives(tmp_path / "dist")

    assert [] == messages(check_sdist_tests(tmp_path / "dist/s-1.tar.gz", Path(sys.executable)))
    (message,) = messages(check_sdist_tests(tmp_path / "dist/s-1.tar.gz", Path(sys.executable), "tests/none"))
    assert message.startswith("the source distribution must pass its own tests (tests/none), got:\n")


@pytest.mark.slow
def test_this_project_passes(tmp_path: Path) -> None:
    """Everything, with a real build: nothing is wrong but what a maintainer must fill in.

    `make slow` makes its environment.
    """
    python = ROOT / ".venv-release/bin/python"
    command = [str(python), "-m", "tools.release_check", "--test-sdist", str(ROOT / ".venv/bin/python")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (0, "") == (done.returncode, done.stderr), done.stdout
    (tmp_path / "README.md").write_text("# x")
    rendered = "from readme_renderer.markdown import render as r; print(r(open('README.md').read()))"
    shown = subprocess.run([python, "-c", rendered], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "<h1" in shown.stdout
