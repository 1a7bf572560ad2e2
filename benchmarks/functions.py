"""Time to build an app with many functions on one capacity provider, against the same resources hand-wired.

Both apps are made and synthesized in one process, in turns, after rounds that are not counted. Printed are the medians
of the times and of their ratios. One function and fifty have a bound; where a ratio is above its bound, the exit code
is 1. The two templates must be the same but for names, or nothing is measured: nobody hand-wires a janitor, so the
functions keep all of their versions there. A second line has the functions with the default, whose old versions drain,
over the same hand-wired ones. It has no bound, since it makes more::

    make bench
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from bounds import Row, report
from hand_wired import hand_wired
from same_template import contents

from durable_mi_constructs import DurableManagedFunction, ManagedCapacity, Releases

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Sequence

    Wiring = Callable[[cdk.Stack, int], None]

CODE: Final = "def handler(event, context): ..."
BOUNDS: Final = {1: 1.4, 50: 1.15}
"""The highest ratio for a count of functions. One pays for the network and the capacity provider alone."""


def constructs(stack: cdk.Stack, count: int) -> None:
    """Wire functions with this project's constructs, without a janitor."""
    _constructs(stack, count, Releases.keep_all())


def draining(stack: cdk.Stack, count: int) -> None:
    """Wire functions with the default, whose old versions a janitor drains."""
    _constructs(stack, count, Releases.drain())


def _constructs(stack: cdk.Stack, count: int, releases: Releases) -> None:
    capacity = ManagedCapacity(stack, "Capacity", max_vcpus=15_000)
    for number in range(count):
        DurableManagedFunction(
            stack,
            f"Workflow{number}",
            code=lambda_.Code.from_inline(CODE),
            handler="index.handler",
            execution_timeout=cdk.Duration.hours(1),
            capacity=capacity,
            releases=releases,
        )


def build(wire: Wiring, count: int) -> tuple[float, Counter[str]]:
    """Make an app, synthesize it, and return the seconds and what is in its template."""
    with tempfile.TemporaryDirectory() as directory:
        gc.collect()
        began = time.perf_counter()
        app = cdk.App(outdir=directory)
        stack = cdk.Stack(app, "Orders")
        wire(stack, count)
        app.synth()
        seconds = time.perf_counter() - began
        template = json.loads((Path(directory) / "Orders.template.json").read_text())
    return seconds, contents(template)


def compare(count: int, rounds: int) -> float:
    """Measure the apps in turns, print a line for each that has constructs, and return the bounded median ratio.

    A round's builds follow each other, so what else the machine does weighs on all. One function is built so fast that
    it needs more rounds for a steady figure.
    """
    first, second = build(constructs, count)[1], build(hand_wired, count)[1]
    if first != second:
        sys.exit(f"the apps differ: the constructs make {first - second}, hand-wired are {second - first}")
    build(draining, count)
    wirings: tuple[Wiring, ...] = (constructs, hand_wired, draining)
    times: dict[Wiring, list[float]] = {wire: [] for wire in wirings}
    for number in range(rounds if count > 1 else 3 * rounds):
        # Who goes first alternates, since an app leaves work behind for the garbage collectors.
        for wire in wirings if number % 2 else reversed(wirings):
            times[wire].append(build(wire, count)[0])
    ratio = _print_ratio(_name(count), times[constructs], times[hand_wired])
    _print_ratio(f"{_name(count)}, with a janitor", times[draining], times[hand_wired])
    return ratio


def _print_ratio(name: str, ours: Sequence[float], theirs: Sequence[float]) -> float:
    ratio = median(one / other for one, other in zip(ours, theirs, strict=True))
    print(f"{name}: {ratio:.2f} ({median(ours):.3f} s / {median(theirs):.3f} s)", flush=True)
    return ratio


def _name(count: int) -> str:
    return f"build of {count} functions, over hand-wired" if count > 1 else "build of one function, over hand-wired"


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare for each count and return 1 if one that has a bound is above it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--counts", type=int, nargs="+", default=[1, 10, 50], help="how many functions (%(default)s)")
    parser.add_argument(
        "--rounds",
        type=int,
        default=9,
        help="builds of each app that count, three times as many for one function (%(default)s)",
    )
    options = parser.parse_args(arguments)
    build(constructs, 1)
    build(hand_wired, 1)
    ratios = {count: compare(count, options.rounds) for count in sorted(options.counts)}
    return report([Row(_name(count), ratios[count], bound) for count, bound in BOUNDS.items() if count in ratios])


if __name__ == "__main__":
    sys.exit(main())
