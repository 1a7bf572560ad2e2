"""The code of a synthesized app: ``durable-mi lint cdk.out`` and ``durable-mi check cdk.out``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Project, Run

ERROR = "context.step(lambda _: 1, name=str(uuid.uuid4()))"
RIGHT = "return context.step(lambda _: 1, name='a')"


def findings(run: Run, *arguments: str) -> list[tuple[Any, ...]]:
    """Return what is found in the code: rule, file, line and construct path."""
    found = json.loads(run(*arguments, "--output", "json").stdout)["findings"]
    keys = ("rule", "file", "line", "constructPath")
    return [tuple(each[key] for key in keys) for each in found if each["rule"].startswith("DMC")]


def test_reads_the_handler_in_its_asset(run: Run, project: Project) -> None:
    """The finding has its file and its construct; the exit status is that of an error."""
    project.workflow("cdk.out/asset.a/order.py", ERROR)
    project.assembly({"Order": project.function("a")}, {"a": "asset.a"})
    done = run("lint", "cdk.out")

    assert 1 == done.exit_code
    assert "cdk.out/asset.a/order.py\n\n  Shop/Order/Resource\n    error DMC103, line 6, column 40\n" in done.stdout
    assert "1 error, 0 warnings (the code of 1 function)." in done.stdout


def test_imports_begin_at_the_root_of_the_asset(run: Run, project: Project) -> None:
    """Also from a handler in a package."""
    project.write("cdk.out/asset.a/names.py", "import uuid\ndef new():\n    return str(uuid.uuid4())\n")
    project.workflow(
        "cdk.out/asset.a/flows/order.py", "context.step(lambda _: 1, name=new())", imports="from names import new"
    )
    project.assembly({"Order": project.function("a", "flows/order.handler")}, {"a": "asset.a"})

    assert [("DMC103", "cdk.out/asset.a/flows/order.py", 6, "Shop/Order/Resource")] == findings(run, "lint", "cdk.out")


def test_installed_packages_are_libraries(run: Run, project: Project) -> None:
    """They are not read, and a client of one is still a client."""
    asset = "cdk.out/asset.a"
    project.write(f"{asset}/httpx/__init__.py", "def post(url):\n    return None\n")
    project.workflow(f"{asset}/vendor/__init__.py", ERROR)
    project.write(
        f"{asset}/vendor-1.0.dist-info/RECORD", "vendor/__init__.py,sha256=x,10\nvendor-1.0.dist-info/RECORD,,\n"
    )
    project.workflow(
        f"{asset}/order.py", RIGHT.removeprefix("return "), "httpx.post('x', timeout=1)", "vendor.handler(1, context)",
        imports="import httpx, vendor",
    )  # fmt: skip
    project.assembly({"Order": project.function("a")}, {"a": "asset.a"})

    assert [("DMC201", f"{asset}/order.py", 7, "Shop/Order/Resource")] == findings(run, "lint", "cdk.out")


@pytest.mark.parametrize("note", ["RECORD", "direct_url.json"])
def test_a_project_that_was_installed_into_the_asset_is_no_library(run: Run, project: Project, note: str) -> None:
    """The one with the handler, and one that was installed from a directory."""
    asset = "cdk.out/asset.a"
    project.write(f"{asset}/shop/names.py", "import uuid\ndef new():\n    return str(uuid.uuid4())\n")
    step = "context.step(lambda _: 1, name=new())"
    file = project.workflow(
        f"{asset}/{'shop/' if note == 'RECORD' else ''}order.py", step, imports="from shop.names import new"
    )
    own = "shop/order.py,,\n" if note == "RECORD" else ""
    project.write(f"{asset}/shop-1.dist-info/RECORD", f"shop/names.py,,\n{own}")
    if note != "RECORD":
        project.write(f"{asset}/shop-1.dist-info/{note}", '{"url": "file:///shop", "dir_info": {}}')
    module = "shop.order" if note == "RECORD" else "order"
    project.assembly({"Order": project.function("a", f"{module}.handler")}, {"a": "asset.a"})

    assert [("DMC103", str(file.relative_to(project.directory)), 6)] == [
        each[:3] for each in findings(run, "lint", "cdk.out")
    ]


@pytest.mark.parametrize(
    ("handler", "rule", "file", "line", "says"),
    [
        ("orders.handler", "DMC603", "cdk.out/Shop.template.json", 7, "and no orders.py: write 'order.handler'"),
        ("order.handlr", "DMC603", "cdk.out/asset.a/order.py", 1, "and no handlr in order.py"),
        ("plain.main", "DMC603", "cdk.out/asset.a/plain.py", 2, "which is not (plain.py line 2)"),
        ("late.main", "DMC604", "cdk.out/asset.a/late.py", 1, "an async def (late.py line 1)"),
    ],
)
def test_a_handler_that_the_package_does_not_have(  # noqa: PLR0913 - a case of a table
    run: Run, project: Project, *, handler: str, rule: str, file: str, line: int, says: str
) -> None:
    """It is reported where it is, or else where the template names it."""
    project.workflow("cdk.out/asset.a/order.py", RIGHT)
    project.write("cdk.out/asset.a/plain.py", "\ndef main(event, context):\n    return 1\n")
    project.write("cdk.out/asset.a/late.py", "async def main(event, context):\n    return 1\n")
    project.assembly({"Order": project.function("a", handler)}, {"a": "asset.a"})
    (found,) = json.loads(run("lint", "cdk.out", "--output", "json").stdout)["findings"]

    assert (rule, file, line, "Shop/Order/Resource") == tuple(
        found[key] for key in ("rule", "file", "line", "constructPath")
    )
    assert found["message"].startswith("Handler must name a ")
    assert says in found["message"]


def test_a_handler_is_reported_once(run: Run, project: Project) -> None:
    """The rules over code find the same one without a template, wherever in the line it begins."""
    project.write(
        "cdk.out/asset.a/order.py",
        "from aws_durable_execution_sdk_python import DurableContext\nif DurableContext:\n"
        "    def handler(event, context: DurableContext):\n        context.step(lambda _: 1, name='a')\n",
    )
    project.assembly({"Order": project.function("a")}, {"a": "asset.a"})

    assert [("DMC603", "cdk.out/asset.a/order.py", 3, "Shop/Order/Resource")] == findings(run, "lint", "cdk.out")


def test_what_the_template_finds_is_left_out(run: Run, project: Project) -> None:
    """By rule, and by file."""
    project.write("cdk.out/asset.a/order.py", "def handler(event, context):\n    ...\n")
    project.assembly({"Order": project.function("a")}, {"a": "asset.a"})
    assert ["DMC603"] == [each[0] for each in findings(run, "lint", "cdk.out")]
    assert [] == findings(run, "lint", "cdk.out", "--ignore", "DMC603")

    project.write("pyproject.toml", '[tool.durable-mi]\nexclude = ["order.py"]\n')
    assert [] == findings(run, "lint", "cdk.out")


def test_a_comment_ignores_what_the_template_finds(run: Run, project: Project) -> None:
    """In the line of the handler."""
    project.write(
        "cdk.out/asset.a/order.py",
        "def handler(event, context):  # durable-mi: ignore[DMC603] wrapped by a layer\n    ...\n",
    )
    project.assembly({"Order": project.function("a")}, {"a": "asset.a"})

    assert [] == findings(run, "lint", "cdk.out")


def test_functions_share_an_asset(run: Run, project: Project) -> None:
    """Each finding names the functions whose handler is in the file, also where another module passes it on."""
    asset = "cdk.out/asset.a"
    project.workflow(f"{asset}/flows.py", ERROR)
    project.write(f"{asset}/order.py", "from flows import handler\n")
    project.workflow(f"{asset}/refund.py", ERROR)
    handlers = {"Order": "order.handler", "Again": "flows.handler", "Refund": "refund.handler"}
    project.assembly({name: project.function("a", handler) for name, handler in handlers.items()}, {"a": "asset.a"})
    found = json.loads(run("lint", "cdk.out", "--output", "json").stdout)["findings"]

    assert {
        f"{asset}/flows.py": ["Shop/Order/Resource", "Shop/Again/Resource"],
        f"{asset}/refund.py": ["Shop/Refund/Resource"],
    } == {each["file"]: each["resources"] for each in found}


@pytest.mark.parametrize(
    "properties",
    [
        {"DurableConfig": None},
        {"Runtime": "nodejs24.x"},
        {"Code": {"ZipFile": "def handler(event, context): ..."}},
        {"Code": {"ImageUri": "x"}, "Runtime": None},
        {"Code": {"S3Bucket": "b", "S3Key": {"Ref": "Key"}}},
    ],
)
def test_other_functions_are_left_alone(run: Run, project: Project, properties: dict[str, Any]) -> None:
    """Neither durable nor managed, other languages, inline code, images, code from elsewhere."""
    project.workflow("cdk.out/asset.a/order.py", ERROR)
    function = project.function("a", **properties)
    function["Properties"] = {name: value for name, value in function["Properties"].items() if value is not None}
    project.assembly({"Order": function}, {"a": "asset.a"})
    done = run("lint", "cdk.out")

    assert (0, "Nothing found (0 files).\n") == (done.exit_code, done.stdout)


@pytest.mark.parametrize(
    ("path", "properties"), [("asset.a", {"Layers": ["arn:aws:lambda:eu-west-1:1:layer:l:1"]}), ("../src", {})]
)
def test_a_handler_that_something_else_can_have_is_not_judged(
    run: Run, project: Project, path: str, properties: dict[str, Any]
) -> None:
    """A layer; and the source of an asset that was not bundled."""
    project.workflow("cdk.out/asset.a/order.py", RIGHT)
    project.workflow("src/order.py", RIGHT)
    project.assembly({"Order": project.function("a", "other.handler", **properties)}, {"a": path})

    assert [] == findings(run, "lint", "cdk.out")


def test_code_that_is_not_read_is_listed(run: Run, project: Project) -> None:
    """With what it would take."""
    project.write("cdk.out/asset.a.zip", "")
    project.workflow("cdk.out/asset.b/order.py", RIGHT)
    project.assembly(
        {
            "Zip": project.function("a"),
            "Gone": project.function("c"),
            "Unknown": project.function("b", Handler={"Ref": "H"}),
        },
        {"a": "asset.a.zip", "b": "asset.b", "c": "asset.c"},
    )
    done = run("lint", "cdk.out")

    assert 0 == done.exit_code
    assert [
        "Skipped Shop/Gone/Resource: its asset asset.c is not in the cloud assembly.",
        "Skipped Shop/Unknown/Resource: its handler is known only at deploy time.",
        "Skipped Shop/Zip/Resource: its asset asset.a.zip cannot be unpacked: File is not a zip file.",
        "Nothing found (0 files).",
    ] == done.stdout.splitlines()


def test_rejects_a_broken_cloud_assembly(run: Run, project: Project) -> None:
    """In one line."""
    project.assembly({}, {})
    project.write("cdk.out/Shop.template.json", "[]")
    done = run("lint", "cdk.out")

    assert (2, "") == (done.exit_code, done.stdout)
    assert "Shop.template.json must hold a JSON object, got list: run `cdk synth` again" in done.stderr


def test_a_manifest_of_something_else_is_no_cloud_assembly(run: Run, project: Project) -> None:
    """A web app has one too."""
    project.write("manifest.json", '{"name": "page"}')
    project.workflow("order.py", ERROR)

    assert 1 == run("lint", ".").exit_code


def test_check_reads_the_code_as_warnings(run: Run, project: Project) -> None:
    """Every output has them; the exit status stays."""
    project.workflow("cdk.out/asset.a/order.py", ERROR)
    project.assembly({"Order": project.function("a")}, {"a": "asset.a"})
    done = run("check", "cdk.out")
    document = json.loads(run("check", "cdk.out", "--output", "json").stdout)
    (sarif,) = json.loads(run("check", "cdk.out", "--output", "sarif").stdout)["runs"]

    assert 0 == done.exit_code
    assert "cdk.out/asset.a/order.py\n\n  Shop/Order/Resource\n    warning DMC103, line 6, column 40\n" in done.stdout
    assert "(1 template, 1 durable or managed-instances function, the code of 1 function)" in done.stdout
    assert (0, 2, 0) == (document["errors"], document["warnings"], document["notes"])
    (of_template, of_code) = document["findings"]
    assert of_template.keys() <= of_code.keys()
    assert [("DMI702", "warning"), ("DMC103", "warning")] == [
        (each["rule"], each["severity"]) for each in document["findings"]
    ]
    assert [("DMI702", "warning"), ("DMC103", "warning")] == [
        (each["ruleId"], each["level"]) for each in sarif["results"]
    ]
    assert all(each["ruleId"] == sarif["tool"]["driver"]["rules"][each["ruleIndex"]]["id"] for each in sarif["results"])
    assert ["::warning file=cdk.out/Shop.template.json", "::warning file=cdk.out/asset.a/order.py"] == [
        line.split(",")[0] for line in run("check", "cdk.out", "--output", "github").stdout.splitlines()
    ]


@pytest.mark.parametrize(
    ("arguments", "status", "found"),
    [(("--no-code",), 0, 0), (("--code-errors",), 1, 1), (("--ignore", "DMC103", "--code-errors"), 0, 0)],
)
def test_check_reads_the_code_as_asked(
    run: Run, project: Project, arguments: tuple[str, ...], status: int, found: int
) -> None:
    """Not at all, with errors as errors, without some rules."""
    project.workflow("cdk.out/asset.a/order.py", ERROR)
    project.assembly({"Order": project.function("a")}, {"a": "asset.a"})
    done = run("check", "cdk.out", *arguments)

    assert status == done.exit_code
    assert found == done.stdout.count("DMC103, line")


def test_check_lists_code_that_is_not_read_if_asked(run: Run, project: Project) -> None:
    """As it lists values that are known only at deploy time."""
    project.write("cdk.out/asset.a.zip", "")
    project.assembly({"Order": project.function("a")}, {"a": "asset.a.zip"})
    line = "Skipped Shop/Order/Resource: its asset asset.a.zip cannot be unpacked: File is not a zip file."

    assert line not in run("check", "cdk.out").stdout
    assert line in run("check", "cdk.out", "--verbose").stdout
