"""What is asked of CDK, and what is not, to tell a token from a literal."""

from __future__ import annotations

import aws_cdk as cdk
import pytest

from durable_mi_constructs.tokens import is_unresolved


@pytest.mark.parametrize("value", [None, True, 0, -1, 15_000, -1e200, 2.5, "", "index.handler", "${Token[", [], ["a"]])
def test_literals_are_known(value: object) -> None:
    """As CDK says, without asking it about the plain ones."""
    assert cdk.Token.is_unresolved(value) == is_unresolved(value)
    assert not is_unresolved(value)


def test_tokens_are_not() -> None:
    """In every form that CDK gives them: text, text around it, pseudo parameter, number, list, token object."""
    parameter = cdk.CfnParameter(cdk.Stack(), "Parameter", type="Number")

    assert all(
        is_unresolved(value)
        for value in (
            parameter.value_as_string,
            f"before {parameter.value_as_string} after",
            cdk.Aws.REGION,
            parameter.value_as_number,
            cdk.Token.as_number({"Ref": "Parameter"}),
            cdk.Token.as_list({"Ref": "Parameter"}),
            cdk.Token.as_any({"Ref": "Parameter"}),
        )
    )


def test_texts_and_literals_make_no_round_trip(monkeypatch: pytest.MonkeyPatch) -> None:
    """That is the reason for the module."""
    region = cdk.Aws.REGION

    def refuse(_value: object) -> bool:
        msg = "CDK was asked"
        raise AssertionError(msg)

    monkeypatch.setattr(cdk.Token, "is_unresolved", refuse)

    assert [True, False, False] == [is_unresolved(value) for value in (region, "orders", 4096)]
