"""`AWS::Logs::LogGroup`, whose ARN CloudFormation gives with `:*` at its end and moto without."""

from __future__ import annotations

from moto.logs.models import LogGroup

__all__ = ["give_log_group_arns"]


def give_log_group_arns() -> None:
    """Let `Fn::GetAtt` give the ARN that covers a group's streams, as policies in templates count on."""

    def get_cfn_attribute(group: LogGroup, attribute_name: str) -> str:
        return {"Arn": f"{group.arn}:*"}[attribute_name]

    setattr(LogGroup, "get_cfn_attribute", get_cfn_attribute)  # noqa: B010 - in the place of moto's own
