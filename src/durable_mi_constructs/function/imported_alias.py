"""The alias of an imported function, as a ``lambda_.IFunction`` that takes triggers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_lambda as lambda_

if TYPE_CHECKING:
    from aws_cdk import aws_iam as iam
    from aws_cdk.aws_lambda import Architecture, IFunction
    from constructs import Construct

__all__ = ["ImportedAlias"]


class ImportedAlias(lambda_.QualifiedFunctionBase):
    """An alias of a function of another app, in the stack's account and Region.

    CDK's own import compares account and Region, and where one of them or the ARN is a token it leaves out the
    permission that a rule, a topic or an API needs to invoke the alias. Here they are known to be the stack's.

    Args:
        scope: The construct of the function.
        construct_id: The id in it.
        function: The function.
        alias_name: The alias's name.
    """

    def __init__(self, scope: Construct, construct_id: str, *, function: IFunction, alias_name: str) -> None:
        # Before CDK's constructor, which reads the properties below.
        self._imported = function
        self._alias_name = alias_name
        super().__init__(scope, construct_id)

    @property
    def lambda_(self) -> IFunction:
        """The function."""
        return self._imported

    @property
    def function_arn(self) -> str:
        """The alias's ARN."""
        return f"{self._imported.function_arn}:{self._alias_name}"

    @property
    def function_name(self) -> str:
        """The function's name with the alias."""
        return f"{self._imported.function_name}:{self._alias_name}"

    @property
    def architecture(self) -> Architecture:
        """The architecture, which is not known: CDK's default."""
        return self._imported.architecture

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """A principal that takes no grants."""
        return self._imported.grant_principal

    @property
    def role(self) -> iam.IRole | None:
        """No role, since it is of the other app."""
        return self._imported.role

    @property
    def _qualifier(self) -> str:
        return self._alias_name

    @property
    def _can_create_permissions(self) -> bool:
        return True
