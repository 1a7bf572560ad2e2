"""Broken templates: an error with file and position, or findings, and nothing else whatever comes."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from durable_mi.cloudformation.source import Source, TemplateError
from durable_mi.cloudformation.template import Template
from durable_mi.preflight.output.document import document
from durable_mi.preflight.output.sarif import sarif
from durable_mi.preflight.output.text import text
from durable_mi.preflight.report import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FOLDER = Path(__file__).parent
FILE = Path("broken.yaml")
# One template for each type of resource that the rules read, with every feature at least once.
SEEDS = [
    Source.read(file)
    for name in ("templates/DMI[1-7]*/bad-*.yaml", "corpus/*")
    for file in sorted(FOLDER.glob(name))
    if not file.parent.name.startswith("DMI703")
]
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["", "*", "Workflow", "$LATEST", "arn:aws:lambda:::function:x:y", "${", "${!a}", "AWS::NoValue"])
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
INTRINSIC = st.builds(
    lambda name, argument: {name: argument},
    st.sampled_from(
        [
            "Ref",
            "Condition",
            *(f"Fn::{n}" for n in ("GetAtt", "Sub", "Join", "If", "Select", "Split", "FindInMap", "X")),
            *(
                f"Fn::{n}"
                for n in ("GetAZs", "ImportValue", "GetStackOutput", "Length", "ToJsonString", "Base64", "Cidr")
            ),
        ]
    ),
    PLAIN,
)


def paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every path in a template."""
    if at:
        yield at
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ()):
        yield from paths(inner, (*at, key))


PATHS = [(source, path) for source in SEEDS for path in paths(source.content)]


def refused(action: Callable[[], object]) -> TemplateError | None:
    """Return the error that an action ends with, if it does; any other error goes through."""
    try:
        action()
    except TemplateError as error:
        return error
    return None


def checked(source: Source) -> None:
    """Check a template, and write the report in every form."""
    report = Report.of([Template.of(source)])
    assert text(report, verbose=True)
    assert json.loads(document(report))["findings"] is not None
    assert "2.1.0" == json.loads(sarif(report))["version"]


FEW_AND_MANY = pytest.mark.parametrize("examples", [100, pytest.param(2000, marks=pytest.mark.slow)])
FUZZ = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@FEW_AND_MANY
def test_any_part_may_be_anything(tmp_path: Path, examples: int) -> None:
    """A part of a good template is replaced or taken away."""
    file = tmp_path / "template.json"

    @settings(FUZZ, max_examples=examples)
    @given(st.data())
    def part(data: st.DataObject) -> None:
        source, path = PATHS[data.draw(st.integers(0, len(PATHS) - 1))]
        content = copy.deepcopy(source.content)
        owner: Any = content
        for step in path[:-1]:
            owner = owner[step]
        if data.draw(st.booleans()):
            owner[path[-1]] = data.draw(PLAIN | INTRINSIC)
        else:
            del owner[path[-1]]
        file.write_text(json.dumps(content, allow_nan=False, default=str) if _finite(content) else "{}")
        refusal = refused(lambda: checked(Source.read(file)))
        assert refusal is None or re.match(rf"{re.escape(str(file))}:\d+:\d+: ", str(refusal))

    part()


def _finite(content: Any) -> bool:
    try:
        json.dumps(content, allow_nan=False)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("effect", [["Deny"], {"Deny": 1}, 7, None])
def test_an_effect_that_is_no_text_is_not_known(effect: object) -> None:
    """A statement that may deny or allow anything is no reason for a finding."""
    content = copy.deepcopy(Source.read(Path(__file__).parent / "templates/DMI601/bad-deny-function.yaml").content)
    content["Resources"]["Guard"]["Properties"]["PolicyDocument"]["Statement"][0]["Effect"] = effect

    checked(Source.parse(Path("template.json"), json.dumps(content)))


@FEW_AND_MANY
def test_any_text_is_read_or_refused_with_its_position(examples: int) -> None:
    """A piece of a template's text is replaced by another."""

    @settings(FUZZ, max_examples=examples)
    @given(st.data())
    def piece_of(data: st.DataObject) -> None:
        original = SEEDS[data.draw(st.integers(0, len(SEEDS) - 1))].text
        start = data.draw(st.integers(0, len(original)))
        end = data.draw(st.integers(start, min(len(original), start + 30)))
        piece = data.draw(
            st.text(max_size=8) | st.sampled_from(["!Ref", "- ", ": ", "&a ", "*a", "<<: ", "{", "[", "\t", "!!"])
        )
        refusal = refused(lambda: Template.of(Source.parse(FILE, original[:start] + piece + original[end:])))
        assert refusal is None or re.match(r"broken\.yaml:\d+:\d+: ", str(refusal))

    piece_of()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{", "1:2: is not JSON: "),
        # No trailing comma: Python 3.13 and older ones place it differently.
        ('{\n  "Resources": {}\n  "Outputs": {}\n}', "3:3: is not JSON: "),
        ('{"A": NaN}', "1:1: is not JSON: NaN is not JSON"),
        ("Resources:\n  A: [", "3:1: is not YAML: "),
        ("Resources: {}\nResources: {}", "2:1: is not YAML: key 'Resources' is given twice: keep one"),
        ("A: !!python/name:os.system", "1:4: is not YAML: could not determine a constructor"),
        ("A: *unknown", "1:4: is not YAML: found undefined alias"),
        ("A: 1\n---\nB: 2", "2:1: is not YAML: but found another document"),
        ("- 1", "1:1: must hold a template, an object with Resources, got list"),
        ("", "1:1: must hold a template, an object with Resources, got nothing"),
        ('{"name": "package"}', "1:1: must hold a template, an object with Resources, got an object without them"),
        ("Resources: []", "1:1: Resources must be an object, got list"),
        ("Resources:\n  A: text", "2:3: Resources/A must be an object, got str"),
        ("Resources:\n  A:\n    Properties: {}", "2:3: Resources/A must have a Type, got nothing"),
        (
            "Resources:\n  A:\n    Type: T\n    Properties: []",
            "4:5: Resources/A/Properties must be an object, got list",
        ),
        ("Resources: {}\nConditions: 1", "2:1: Conditions must be an object, got int"),
        (f'{{"Resources": {"[" * 100}{"]" * 100}}}', "1:2: is nested deeper than 64 levels"),
        ("Resources: &a\n  A: [*a]", "1:1: is nested deeper than 64 levels"),
        ("[" * 100_000, "1:101: is not YAML: it is nested deeper than 100 levels"),
        ("- " * 100_000, "1:201: is not YAML: it is nested deeper than 100 levels"),
        ("? " * 100_000, "1:201: is not YAML: it is nested deeper than 100 levels"),
        ("A: " + "!Sub [&b " * 100_000, "1:892: is not YAML: it is nested deeper than 100 levels"),
        ('A: !!int ""', "1:4: is not YAML: a value must have the form of its tag, int"),
        ("A: !!bool x", "1:4: is not YAML: a value must have the form of its tag, bool"),
        ("A: !!map x", "1:4: is not YAML: expected a mapping node, but found scalar"),
        ("A: {<<: [1]}", "1:10: is not YAML: a merge key must merge mappings, got tag:yaml.org,2002:int"),
        (f"A: 0x{'f' * 5000}", "1:4: is not YAML: a number must have at most 1000 characters, got 5002"),
        (f"A: 1{':59' * 1_000_000}", "1:4: is not YAML: a number must have at most 1000 characters, got 3000001"),
        (f'{{"A": {"9" * 5000}}}', "1:1: is not JSON: Exceeds the limit"),
    ],
)
def test_rejects_what_is_no_template(content: str, problem: str) -> None:
    """The line tells where and what."""
    with pytest.raises(TemplateError) as refusal:
        Template.of(Source.parse(FILE, content))
    assert str(refusal.value).startswith(f"broken.yaml:{problem}")


def test_rejects_a_template_that_grows_without_end() -> None:
    """Aliases of aliases: nine lines that stand for a thousand million values."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 9)]
    with pytest.raises(TemplateError, match="holds more than 2000000 values"):
        Source.parse(FILE, "\n".join(lines))


def test_merge_keys_that_grow_without_end() -> None:
    """Each key is merged once, however often the mappings that hold it are; what a mapping says itself wins."""
    lines = ["a0: &a0 {k: 0}"]
    lines += [f"a{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 9)}], k{i}: {i}}}" for i in range(1, 40)]
    content = Source.parse(
        FILE, "\n".join(["Resources:", *(f"  {line}" for line in lines), "  z: {<<: *a39, k: 1}"])
    ).content
    assert {"k": 1, **{f"k{i}": i for i in range(1, 40)}} == content["Resources"]["z"]


def test_a_mapping_that_is_merged_before_it_is_made() -> None:
    """Its keys are not given twice."""
    content = Source.parse(FILE, "A: {b: &b {k: 1}, d: {e: &a {<<: *b, k: 2}}}\nc: {<<: *a}").content
    assert {"A": {"b": {"k": 1}, "d": {"e": {"k": 2}}}, "c": {"k": 2}} == content


def test_rejects_merge_keys_without_end() -> None:
    """Many mappings that each merge many values."""
    keys = ", ".join(f"k{i}: 1" for i in range(500))
    with pytest.raises(TemplateError, match="merge keys must merge at most 200000 values"):
        Source.parse(FILE, f"a: &a {{{keys}}}\nb: {{<<: [{', '.join(['*a'] * 600)}]}}")


def test_rejects_bytes_that_are_no_text(tmp_path: Path) -> None:
    """Such as an archive that was named by mistake."""
    file = tmp_path / "template.json"
    file.write_bytes(b"PK\x03\x04\xff\xfe")
    with pytest.raises(TemplateError, match=r"template\.json:1:1: must be UTF-8"):
        Source.read(file)
