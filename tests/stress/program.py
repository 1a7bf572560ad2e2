"""Random workflows: nested lists of nodes, which ``tests/local/probe/stress.py`` runs and ``oracle.py`` foresees.

A program is a list of nodes, run one after the other. Each node has a name of its own in all of the program, programs
of chained invokes included. A node that fails yields ``["failed", NAME]``; with ``raises`` it ends the program.
"""

from __future__ import annotations

import itertools
import random
from typing import Any

__all__ = ["Node", "Program", "generate", "nodes"]

Node = dict[str, Any]
Program = list[Node]

_MAX_DEPTH = 3


def generate(seed: int, *, size: int, unit: int, is_calm: bool) -> Program:
    """Make up a program; the same seed makes up the same.

    Args:
        seed: Decides everything.
        size: About as many nodes, so that no program takes minutes.
        unit: Seconds of the shortest wait and of the delay of retries.
        is_calm: Whether no step may be interrupted, so that steps may be such as run at most once.
    """
    return _Generator(random.Random(seed), size, unit, is_calm=is_calm).program(depth=0)  # noqa: S311 - no secret


def nodes(program: Program) -> list[Node]:
    """All nodes of a program with those of its branches, without those of other executions."""
    return [each for node in program for each in (node, *(inner for part in _parts(node) for inner in nodes(part)))]


def _parts(node: Node) -> list[Program]:
    return [*node.get("branches", []), node.get("between", [])]


class _Generator:
    def __init__(self, chance: random.Random, size: int, unit: int, *, is_calm: bool) -> None:
        self._chance = chance
        self._unit = unit
        self._is_calm = is_calm
        self._names = (f"n{number}" for number in itertools.count())
        self._left = size

    def program(self, depth: int, *, may_raise: bool = True) -> Program:
        return [self._node(depth, may_raise=may_raise) for _ in range(self._chance.randint(1, 3))]

    def _node(self, depth: int, *, may_raise: bool) -> Node:
        self._left -= 1
        kinds = [self._step, self._step, self._wait, self._condition, self._callback]
        if depth < _MAX_DEPTH and self._left > 0:
            kinds += [self._invoke, self._map, self._parallel, self._parallel, self._child, self._first]
        if depth == 0:
            kinds += [self._map, self._parallel, self._parallel]
        node = self._chance.choice(kinds)(depth)
        return {"name": next(self._names), "raises": may_raise and self._chance.random() < 0.3, **node}

    def _step(self, _: int) -> Node:
        chance = self._chance
        seconds = chance.choice([0, 0, 0.05, 0.3, 1.0, round(chance.uniform(0.8, 1.05), 3)])
        fails = chance.choice([0, 0, 0, 1, 2])
        once = self._is_calm and chance.random() < 0.2
        attempts = chance.choice([1, 2, 3])
        return {
            "do": "step",
            "seconds": seconds,
            "fails": fails,
            "attempts": attempts,
            "unit": self._unit,
            "once": once,
        }

    def _wait(self, _: int) -> Node:
        return {"do": "wait", "seconds": self._chance.choice([1, 1, 2]) * self._unit}

    def _condition(self, _: int) -> Node:
        chance = self._chance
        return {"do": "condition", "polls": chance.randint(1, 3), "attempts": chance.choice([2, 5]), "unit": self._unit}

    def _callback(self, depth: int) -> Node:
        chance = self._chance
        node = {
            "do": "callback",
            "ends": chance.choice(["Succeeded", "Succeeded", "Succeeded", "Failed", "TimedOut"]),
            "after": round(chance.choice([0, chance.uniform(0, 0.3), chance.uniform(0, 2.5)]), 3),
            "limit": chance.choice(["timeout", "heartbeat_timeout"]),
            "between": [],
        }
        if depth < _MAX_DEPTH and self._left > 0 and chance.random() < 0.5:
            node["between"] = self.program(_MAX_DEPTH, may_raise=False)
        return node

    def _invoke(self, depth: int) -> Node:
        chance = self._chance
        target = chance.choice(["flow", "flow", "flow", "plain", "plain", "stopped", "brief"])
        if target == "plain":
            return {"do": "invoke", "target": target, "seconds": 0.2, "fails": chance.random() < 0.3}
        if target == "flow":
            return {"do": "invoke", "target": target, "program": self.program(depth + 1)}
        # What the driver stops, and what lives for a second: both wait for what never comes.
        never = {"name": next(self._names), "raises": False, "do": "callback", "ends": "Never", "between": []}
        return {"do": "invoke", "target": target, "program": [never]}

    def _map(self, depth: int) -> Node:
        return {**self._parallel(depth), "do": "map"}

    def _parallel(self, depth: int) -> Node:
        chance = self._chance
        return {
            "do": "parallel",
            "branches": [self.program(depth + 1) for _ in range(chance.randint(2, 3))],
            "at_once": chance.choice([None, None, 1, 2]),
            "flat": chance.random() < 0.2,
        }

    def _first(self, _: int) -> Node:
        """Branches of which one is enough; what the others come to is open."""
        chance = self._chance
        never = {"name": next(self._names), "raises": False, "do": "callback", "ends": "Never", "between": []}
        simple = [self._step, self._wait, self._condition]
        racers = [
            {"name": next(self._names), "raises": False, **chance.choice(simple)(0)}
            for _ in range(chance.randint(1, 2))
        ]
        return {"do": "first", "racers": chance.sample([never, *racers], 1 + len(racers))}

    def _child(self, depth: int) -> Node:
        return {"do": "child", "branches": [self.program(depth + 1)]}
