"""`durable-mi local --watch` in an app's directory, with the real CDK CLI."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from durable_mi.cloudformation.assembly import CloudAssembly
from durable_mi.local.app.functions import app_functions
from durable_mi.local.app.watch import AppWatch
from tests.processes import interruptible
from tests.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Callable

TOOLS = Path(sys.executable).parent
FUNCTION = "durable-probe"
APP = """
import os, pathlib, shutil
with open("../syntheses", "a") as count:
    count.write("1")
pathlib.Path("written_by_the_app.json").write_text("{}")
assembly = os.environ["CDK_OUTDIR"]
shutil.copytree("assembly", assembly, ignore=shutil.ignore_patterns(".durable-mi"), dirs_exist_ok=True)
template = pathlib.Path(assembly, "Probe.template.json")
template.write_text(template.read_text().replace('"Timeout": 30', '"Timeout": TIMEOUT'))
"""


@pytest.fixture
def app(tmp_path: Path, probe_template: dict[str, Any], write_assembly: Callable[..., Path]) -> Path:
    """Return an app, synthesized once, whose synthesis copies the probe's assembly and is counted in a file."""
    directory = tmp_path / "app"
    assembly = write_assembly(directory / "assembly", probe_template)
    manifest = json.loads((assembly / "manifest.json").read_text())
    (assembly / "manifest.json").write_text(json.dumps({"version": "36.0.0", **manifest}))
    (directory / "cdk.json").write_text(json.dumps({"app": f'"{sys.executable}" app.py'}))
    (directory / "app.py").write_text(APP.replace("TIMEOUT", "30"))
    synth = [str(TOOLS / "cdk"), "synth", "--quiet", "--output", "cdk.out"]
    path = f"{TOOLS}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(synth, cwd=directory, check=True, timeout=120, env={**os.environ, "PATH": path})
    return directory


def test_running_an_app_synthesizes_nothing_and_a_change_publishes_once(app: Path, tmp_path: Path) -> None:
    """State and output are in the app's directory. A comment publishes nothing, another timeout publishes version 2."""
    log, syntheses = app / "output.txt", tmp_path / "syntheses"

    def count() -> int:
        return len(syntheses.read_text()) - 1

    options = ("--port", "0", "--environments", "1", "--function", FUNCTION, "--state", "executions.db", "--watch")
    environment = {**os.environ, "PATH": f"{TOOLS}{os.pathsep}{os.environ['PATH']}"}
    with log.open("w") as output, interruptible():
        process = subprocess.Popen(
            [str(TOOLS / "durable-mi"), "local", *options], cwd=app, stdout=output, stderr=output, env=environment
        )
    try:
        eventually(lambda: "is ready" in log.read_text(), "it must start")
        url = re.search(r"Endpoint (\S+)", log.read_text())
        assert url is not None
        dummy = {"aws_access_key_id": "local", "aws_secret_access_key": "local", "region_name": "us-east-1"}
        make: Any = boto3.client
        client = make("lambda", endpoint_url=url[1], **dummy)
        for number in range(2):
            answer = client.invoke(
                FunctionName=FUNCTION, Qualifier="live", Payload=json.dumps({"wait": 1, "n": number})
            )
            assert number == json.load(answer["Payload"])["n"]
        assert 0 == count(), "checkpoints and log lines are no change"

        (app / "app.py").write_text(APP.replace("TIMEOUT", "30") + "# a comment\n")
        eventually(lambda: count() >= 1, "a changed file must be synthesized")
        (app / "app.py").write_text(APP.replace("TIMEOUT", "29"))
        eventually(
            lambda: "alias live of version 2" in log.read_text().partition("is ready")[2], "it must be published"
        )
        configuration = client.get_function_configuration(FunctionName=FUNCTION, Qualifier="live")
        assert ("2", 29) == (configuration["Version"], configuration["Timeout"])
        assert 2 == count(), "the file that the app itself writes is no cause"
        assert 1 == log.read_text().count("synthesizing"), "once for files that have just changed nothing"
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(60)
        finally:
            process.kill()


CDK = """#!/bin/sh
printf 1 >> ../syntheses
while [ -e ../hold ]; do sleep 0.05; done
status=0
[ -e ../broken ] && echo "no such module" && status=1
printf 1 >> ../ended
exit $status
"""


@pytest.fixture
def watched(
    tmp_path: Path,
    probe_template: dict[str, Any],
    write_assembly: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """Return an app's directory, with a CDK CLI on the PATH that only counts, and ends when `hold` is gone."""
    (tmp_path / "bin").mkdir()
    cdk = tmp_path / "bin" / "cdk"
    cdk.write_text(CDK)
    cdk.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    app = tmp_path / "app"
    write_assembly(app / "cdk.out", probe_template)
    (app / "cdk.json").write_text("{}")
    (tmp_path / "syntheses").touch()
    return app


async def watch(app: Path, steps: Callable[[Callable[[int], Any]], Any]) -> list[str]:
    """Watch while these steps run, which may wait for a number of syntheses; returns the lines for the user."""
    lines: list[str] = []
    watcher = AppWatch(app / "cdk.out", "us-east-1", lambda function: function, lines.append)

    async def consume() -> None:
        async for function in watcher.changes([]):
            pytest.fail(f"{function.name} is not served")

    async def synthesized(number: int) -> None:
        def enough() -> bool:
            assert not watching.done(), watching
            return len((app.parent / "syntheses").read_text()) >= number

        await asyncio.to_thread(eventually, enough, f"{number} syntheses")

    watching = asyncio.ensure_future(consume())
    try:
        await steps(synthesized)
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
    return lines


def write(app: Path, suffix: str) -> None:
    """Write many files at once."""
    for number in range(100):
        (app / f"{number}.{suffix}").write_text(suffix)


def test_many_changes_are_one_synthesis_and_so_are_those_during_one(watched: Path) -> None:
    """Also what changed between reading the assembly and the start of the watch is synthesized."""
    hold = watched.parent / "hold"

    async def steps(synthesized: Callable[[int], Any]) -> None:
        hold.touch()
        write(watched, "a")
        await synthesized(1)
        for _ in range(3):
            write(watched, "b")
            # So that they are seen one after the other, or not: it must not matter.
            await asyncio.sleep(0.5)
        hold.unlink()
        await synthesized(2)
        write(watched, "c")
        await synthesized(3)
        (watched / "last.py").touch()
        await synthesized(4)

    assert [
        "0.a, 1.a, 10.a and more changed: synthesizing",
        "0.b, 1.b, 10.b and more changed: synthesizing",
        "0.c, 1.c, 10.c and more changed: synthesizing",
        "last.py changed: synthesizing",
    ] == asyncio.run(watch(watched, steps))


def test_a_problem_is_reported_once_and_its_end_too(watched: Path) -> None:
    """However often other files change meanwhile."""
    broken, ended = watched.parent / "broken", watched.parent / "ended"

    async def steps(synthesized: Callable[[int], Any]) -> None:
        broken.touch()
        for number in (1, 2, 3):
            (watched / f"file.{number}").touch()
            await synthesized(number)
        # All three have met the problem before it ends.
        await asyncio.to_thread(eventually, lambda: len(ended.read_text()) >= 3, "three must end")
        broken.unlink()
        (watched / "file.4").touch()
        await synthesized(4)
        (watched / "file.5").touch()
        await synthesized(5)

    assert [
        "file.1 changed: synthesizing",
        "the app cannot be synthesized, the previous versions stay:\nno such module",
        "file.2 changed: synthesizing",
        "file.3 changed: synthesizing",
        "file.4 changed: synthesizing",
        "the app is in order again",
        "file.5 changed: synthesizing",
    ] == asyncio.run(watch(watched, steps))


def write_at_once(file: Path, text: str) -> None:
    """Write a file that nobody sees half written."""
    whole = file.parent.with_name(f"whole-{file.name}")
    whole.write_text(text)
    whole.replace(file)


def test_an_assembly_that_others_write_can_be_broken_or_gone_for_a_while(
    tmp_path: Path, probe_template: dict[str, Any], write_assembly: Callable[..., Path]
) -> None:
    """Each problem is a line, and so is its end; what is in the app afterwards is published."""
    app = write_assembly(tmp_path / "cdk.out", probe_template)
    kept = tmp_path / "kept"
    shutil.copytree(app, kept, symlinks=True)
    served = app_functions(CloudAssembly.read(app), "us-east-1")
    lines, published = list[str](), set[tuple[str, int]]()

    def write(timeout: int, *, without: tuple[str, ...] = ()) -> None:
        template = json.loads(json.dumps(probe_template).replace('"Timeout": 30', f'"Timeout": {timeout}'))
        template["Resources"] = {name: each for name, each in template["Resources"].items() if name not in without}
        # Each file at once: one that is read half written is reported as a problem, and here none is expected.
        write_at_once(app / "Probe.template.json", json.dumps(template))
        write_at_once(app / "manifest.json", (kept / "manifest.json").read_text())

    def said(line: str) -> bool:
        return bool(lines) and line in lines[-1]

    def has_published(timeout: int) -> bool:
        return (FUNCTION, timeout) in published

    async def consume(watcher: AppWatch) -> None:
        async for function in watcher.changes(served):
            published.add((function.name, function.timeout))
            watcher.published(function)

    async def steps() -> None:
        watching = asyncio.ensure_future(consume(AppWatch(app, "us-east-1", lambda function: function, lines.append)))

        async def until(check: Callable[[], bool], what: str, again: Callable[[], object] = lambda: None) -> None:
            def is_true() -> bool:
                assert not watching.done(), watching
                again()
                return check()

            await asyncio.to_thread(eventually, is_true, what)

        try:
            # Until the watch has begun, nobody sees a change.
            await until(lambda: has_published(29), "the change is published", lambda: write(29))
            for manifest in ('{"artifacts": null}', "[]", "{"):
                (app / "manifest.json").write_text(manifest)
                count = len(lines)
                await until(lambda count=count: len(lines) > count, f"{manifest} is reported")  # type: ignore[misc]
            write(29, without=("Parent", "ParentVersion", "ParentAlias"))
            await until(lambda: said("no longer in the app, but served until the runtime ends: Probe-Parent"), "gone")
            shutil.rmtree(app)
            await until(lambda: said("the previous versions stay: no cloud assembly at"), "no assembly")
            shutil.copytree(kept, app, symlinks=True)
            await until(lambda: has_published(30), "what was written anew is published")
            write(28)
            await until(lambda: has_published(28), "the new directory is watched too")
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching

    asyncio.run(steps())
    starts = (
        "the app cannot be read, the previous versions stay:",
        "the app is in order again",
        "no longer in the app,",
    )
    kinds = [next(start for start in starts if line.startswith(start)) for line in lines]
    problem, order, gone = starts
    assert [problem, order, gone, problem, order] == [kind for kind, _ in itertools.groupby(kinds)]
