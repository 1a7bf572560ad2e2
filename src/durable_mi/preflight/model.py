"""A template as the rules see it: functions, versions, triggers and policies, and what belongs together."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from durable_mi.cloudformation.values import Unknown, parts_of
from durable_mi.preflight.function import Function
from durable_mi.preflight.iam.policies import Policies, attached
from durable_mi.preflight.parameters import of_releases
from durable_mi.preflight.resource_index import ResourceIndex
from durable_mi.preflight.triggers import Trigger, TriggerKind, triggers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from durable_mi.preflight.finding import Path
    from durable_mi.preflight.iam.statement import Statement
    from durable_mi.preflight.template_resource import TemplateResource

__all__ = ["Model"]


class Model(ResourceIndex):
    """One stack: its resources, and what of them belongs together."""

    @property
    def functions(self) -> Mapping[str, Function]:
        """The functions that are durable, or run on managed instances, by logical id."""
        return self.changes.remember("functions", self._functions)

    def _functions(self) -> Mapping[str, Function]:
        every = (Function(item, self) for item in self.of_type("AWS::Lambda::Function"))
        return {function.id: function for function in every if function.is_managed or function.is_durable}

    @property
    def function_numbers(self) -> Mapping[str, int]:
        """A number for each function of the template, by logical id."""
        return self.changes.remember(
            "numbers", lambda: {item.id: number for number, item in enumerate(self.of_type("AWS::Lambda::Function"))}
        )

    @property
    def parts_of_names(self) -> frozenset[Unknown]:
        """The values known only at deploy time that names of functions are made of: none of them holds a colon."""
        return self.changes.remember("parts of names", lambda: frozenset(self._parts_of_names()))

    def _parts_of_names(self) -> Iterator[Unknown]:
        for item in self.of_type("AWS::Lambda::Function"):
            yield from (part for part in parts_of(item.get("FunctionName")) if isinstance(part, Unknown))

    @property
    def managed(self) -> list[Function]:
        """The functions on managed instances."""
        return [function for function in self.functions.values() if function.is_managed]

    @property
    def durable(self) -> list[Function]:
        """The durable functions."""
        return [function for function in self.functions.values() if function.is_durable]

    @property
    def providers(self) -> list[TemplateResource]:
        """The capacity providers."""
        return list(self.of_type("AWS::Lambda::CapacityProvider"))

    @property
    def versions(self) -> Mapping[str, list[TemplateResource]]:
        """The published versions of each function, by the function's logical id."""
        return self.changes.remember("versions", lambda: self._of_functions("AWS::Lambda::Version"))

    @property
    def aliases(self) -> Mapping[str, list[TemplateResource]]:
        """The aliases of each function, by the function's logical id."""
        return self.changes.remember("aliases", lambda: self._of_functions("AWS::Lambda::Alias"))

    @property
    def release_parameters(self) -> frozenset[str]:
        """The parameters that have another value with each release, by their names."""
        return self.changes.remember("release parameters", lambda: of_releases(self.stacks))

    @property
    def triggers(self) -> list[Trigger]:
        """What invokes the functions of the template, or may invoke them."""
        return self.changes.remember("triggers", lambda: list(triggers(self)))

    @property
    def triggers_of(self) -> Mapping[str, list[Trigger]]:
        """What each resource invokes, by the resource's logical id."""
        return self.changes.remember("triggers of", self._triggers_of)

    def _triggers_of(self) -> Mapping[str, list[Trigger]]:
        found: dict[str, list[Trigger]] = defaultdict(list)
        for trigger in self.triggers:
            found[trigger.item.id].append(trigger)
        return found

    @property
    def permitted(self) -> frozenset[tuple[str, str]]:
        """The functions that permissions are on, each with the alias or version, by logical ids."""
        return self.changes.remember("permitted", lambda: frozenset(self._permitted()))

    def _permitted(self) -> Iterator[tuple[str, str]]:
        for trigger in self.triggers:
            if trigger.kind is TriggerKind.PERMISSION:
                yield trigger.target.function, trigger.target.via

    @property
    def attached_policies(self) -> Mapping[str, list[tuple[TemplateResource, Path]]]:
        """The policies that are attached to each role, as resource and path, by the role's logical id."""
        return self.changes.remember("attached policies", lambda: attached(self))

    def policies(self, role: TemplateResource | None) -> Policies | None:
        """Return what a role is allowed and denied, ``None`` where there is no role."""
        if role is None:
            return None
        return self.changes.remember(("policies", role.id), lambda: Policies.of(self, role, self.attached_policies))

    def granted_beside(self, policy: TemplateResource) -> list[Statement]:
        """Return what the roles that have a policy are granted, all their policies together.

        Args:
            policy: The policy, or the role that holds it.
        """
        return self.changes.remember("granted beside", self._granted_beside).get(policy.id, [])

    def _granted_beside(self) -> Mapping[str, list[Statement]]:
        found: dict[str, list[Statement]] = defaultdict(list)
        for role in self.of_type("AWS::IAM::Role"):
            policies = self.policies(role)
            granting = policies.granting if policies is not None else ()
            for holder in {statement.item.id for statement in granting}:
                found[holder] += granting
        return found

    def users(self, provider: TemplateResource) -> list[Function]:
        """Return the functions on a capacity provider."""
        return self.changes.remember("users", self._users).get(provider.id, [])

    def _users(self) -> Mapping[str, list[Function]]:
        users: dict[str, list[Function]] = defaultdict(list)
        for function in self.managed:
            provider = function.provider
            if provider is not None:
                users[provider.id].append(function)
        return users

    def _of_functions(self, resource_type: str) -> Mapping[str, list[TemplateResource]]:
        found: dict[str, list[TemplateResource]] = defaultdict(list)
        for item in self.of_type(resource_type):
            target = self.targets.of(item.get("FunctionName"))
            if target is not None:
                found[target.function].append(item)
        return found
