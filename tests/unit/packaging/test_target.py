"""The platform of a deployment package in the words of uv and pip."""

from __future__ import annotations

import pytest

from durable_mi.packaging import PackageTarget


@pytest.mark.parametrize(
    ("architecture", "expected"), [("arm64", "aarch64-manylinux_2_34"), ("x86_64", "x86_64-manylinux_2_34")]
)
def test_uv_platform_is_amazon_linux_2023(architecture: str, expected: str) -> None:
    """The platform for uv names the machine and the glibc of Amazon Linux 2023."""
    assert expected == PackageTarget.for_runtime("python3.13", architecture).uv_platform


def test_pip_platforms_reach_back_to_manylinux2014() -> None:
    """Pip gets every tag that runs there, the newest glibc first."""
    platforms = PackageTarget.for_runtime("python3.13", "arm64").pip_platforms

    assert "manylinux_2_34_aarch64" == platforms[0]
    assert ("manylinux_2_17_aarch64", "manylinux2014_aarch64", "linux_aarch64") == platforms[-3:]
    assert 20 == len(platforms)


def test_takes_the_python_version_from_the_runtime() -> None:
    """Two digits after the point are one version."""
    assert "3.14" == PackageTarget.for_runtime("python3.14", "x86_64").python


@pytest.mark.parametrize("runtime", ["nodejs22.x", "python", "provided.al2023"])
def test_rejects_other_runtimes(runtime: str) -> None:
    """A Python project is no code for another runtime."""
    with pytest.raises(ValueError, match=f"^the code is a Python project, .* got {runtime}$"):
        PackageTarget.for_runtime(runtime, "arm64")


def test_rejects_unknown_architectures() -> None:
    """The architecture is one of Lambda's names."""
    with pytest.raises(ValueError, match=r"^the architecture must be one of arm64, x86_64, got aarch64$"):
        PackageTarget.for_runtime("python3.13", "aarch64")
