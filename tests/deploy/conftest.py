"""The rehearsed account, and the example deployed to it as its README says."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.deploy.account import Account
from tests.deploy.deploy_aws import ON_AWS
from tests.deploy.example import STACK, Example, Readme, run_readme
from tests.deploy.platform import Platform
from tests.processes import untraced

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[2]
DEPLOYED_BY_README: Final = {"example", "readme"}
"""The fixtures of the example, whose README bootstraps the account."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give deploys longer than other tests, on AWS as long as they take, and destroy the example last."""
    here = [item for item in items if item.path.parent == Path(__file__).parent]
    items.sort(key=lambda item: item in here and "cleaned_up" in getattr(item, "fixturenames", ()))
    for item in here:
        item.add_marker(pytest.mark.timeout(0 if os.environ.get(ON_AWS) else 1200))


@pytest.fixture(scope="session")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """Yield an empty account on a server in a process of its own; AWS's own where `deploy_aws` says so."""
    region = os.environ.get(ON_AWS)
    if region:
        yield Account(url="", home=Path.home(), region=region)
        return
    with subprocess.Popen(
        [sys.executable, "-m", "tests.deploy.server"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=untraced(),
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        yield Account(url=server.stdout.readline().strip(), home=tmp_path_factory.mktemp("home"))
        server.stdin.close()


@pytest.fixture(scope="session")
def readme(account: Account, tmp_path_factory: pytest.TempPathFactory) -> Readme:
    """Return the README's steps up to the deployed example, which all tests look at."""
    app = tmp_path_factory.mktemp("checkout") / "order workflow"
    shutil.copytree(
        ROOT / "examples" / "order_workflow",
        app,
        ignore=shutil.ignore_patterns("cdk.out", "__pycache__", ".pytest_cache"),
    )
    return run_readme(account, app)


@pytest.fixture(scope="session")
def cleaned_up(readme: Readme) -> Readme:
    """Return all of the README's steps; no test looks at the example after those that ask for it."""
    return readme.clean_up()


@pytest.fixture(scope="session")
def bootstrapped(account: Account, request: pytest.FixtureRequest) -> Account:
    """Return the account, ready for the CDK, as one on AWS already is."""
    if not account.url:
        return account
    if any(DEPLOYED_BY_README & {*getattr(item, "fixturenames", ())} for item in request.session.items):
        request.getfixturevalue("readme")
        return account
    done = account.cdk("bootstrap", "aws://123456789012/us-east-1")
    assert 0 == done.status, done.output
    return account


@pytest.fixture(scope="session")
def example(bootstrapped: Account, request: pytest.FixtureRequest) -> Iterator[Example]:
    """Yield the example, deployed by the README's steps; on AWS from an assembly, and destroyed after the tests."""
    if bootstrapped.url:
        readme: Readme = request.getfixturevalue("readme")
        yield Example.read(bootstrapped, readme.assembly)
        return
    assembly = request.getfixturevalue("tmp_path_factory").mktemp("aws") / "cdk.out"
    app = ROOT / "examples" / "order_workflow"
    done = bootstrapped.cdk("synth", "--quiet", "--output", str(assembly), cwd=app)
    assert 0 == done.status, done.output
    try:
        yield Example.deploy(bootstrapped, assembly)
    finally:
        done = bootstrapped.cdk("destroy", STACK, "--force", "--app", str(assembly))
        assert 0 == done.status, done.output


@pytest.fixture(scope="session")
def platform(bootstrapped: Account, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """Return a platform's private capacity and a team's function on it, for tests that only look."""
    return Platform.deploy(bootstrapped, tmp_path_factory.mktemp("platform") / "cdk.out", references="strong")
