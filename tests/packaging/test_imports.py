"""The one arrow between the packages: `durable_mi_constructs` imports `durable_mi`, never the other way round."""

from __future__ import annotations

import os
import subprocess
import sys

IMPORT_ALL = """
import importlib, pkgutil, sys
import durable_mi

names = [module.name for module in pkgutil.walk_packages(durable_mi.__path__, "durable_mi.")]
for name in names:
    if not name.endswith(".__main__"):
        importlib.import_module(name)
loaded = {name.partition(".")[0] for name in sys.modules}
print(len(names), *sorted(loaded & {"aws_cdk", "constructs", "jsii", "durable_mi_constructs"}))
"""


def test_no_module_of_durable_mi_imports_the_cdk() -> None:
    """With every module of `durable_mi` imported and no Node in reach, nothing of the CDK has been."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    run = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL], env=environment | {"PATH": ""}, capture_output=True, text=True, check=False
    )

    assert 0 == run.returncode, run.stderr
    modules, *loaded = run.stdout.split()
    assert int(modules) > 10
    assert [] == loaded
