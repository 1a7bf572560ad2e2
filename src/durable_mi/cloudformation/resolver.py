"""Follows a template's intrinsic functions as far as the template, and the app that it belongs to, go."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from durable_mi.cloudformation import dynamic_references, encoders
from durable_mi.cloudformation.conditions import Conditions
from durable_mi.cloudformation.function_arn import FunctionArns
from durable_mi.cloudformation.other_stacks import CROSS_REGION_READER, App, OtherStacks
from durable_mi.cloudformation.policy import TEMPLATE_ONLY, FactsOnly
from durable_mi.cloudformation.region import availability_zones, partition_of, url_suffix_of
from durable_mi.cloudformation.text.text_functions import TextFunctions
from durable_mi.cloudformation.values import MISSING, Reference, Text, Unknown, joined, literal, parts_of, shown
from durable_mi.cloudformation.worlds.world import AS_IT_IS, World

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from durable_mi.cloudformation.assembly import Stack
    from durable_mi.cloudformation.policy import Policy
    from durable_mi.cloudformation.resource import Resource

__all__ = ["Resolver"]


class Resolver:
    """Resolves values of one stack.

    A parameter counts as what the parent stack gives for it, else as its default, since that is what a deploy without
    arguments takes.

    Args:
        stack: The stack.
        policy: What to put in the place of what is known only after deployment. Defaults to leaving it as it is.
        app: What it shares with the resolvers of the app's other stacks. Defaults to making them when they are needed.
        world: What is assumed about the stack's conditions and parameters. Defaults to nothing.
    """

    def __init__(
        self, stack: Stack, policy: Policy = TEMPLATE_ONLY, *, app: App | None = None, world: World = AS_IT_IS
    ) -> None:
        shared = app or App()
        shared.resolvers[id(stack)] = self
        self._stack = stack
        self._policy = policy
        self.world = world
        self._others = OtherStacks(stack, shared, lambda other: Resolver(other, policy, app=shared))
        self._arns = FunctionArns(stack, self.resolve, self._home)
        text = TextFunctions(self.resolve, self._answer, self._arns)
        self._functions: Mapping[str, Callable[[object], object]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._attribute,
            "Fn::Sub": text.sub,
            "Fn::Join": text.join,
            "Fn::If": self._if,
            "Fn::Select": text.select,
            "Fn::Split": text.split,
            "Fn::FindInMap": self._find_in_map,
            "Fn::GetAZs": self._zones,
            "Fn::ImportValue": self._import_value,
            "Fn::GetStackOutput": self._stack_output,
            "Fn::Length": lambda argument: encoders.length(self.resolve(argument)),
            "Fn::ToJsonString": lambda argument: encoders.json_text(self.tree(argument)),
            "Fn::Base64": lambda argument: encoders.base64(self.resolve(argument)),
            "Fn::Cidr": self._cidr,
        }

    @cached_property
    def facts(self) -> Resolver:
        """The same without placeholders: what the policy does not know as a fact stays :class:`Unknown`."""
        if self._policy is TEMPLATE_ONLY or isinstance(self._policy, FactsOnly):
            return self
        return Resolver(self._stack, FactsOnly(self._policy), world=self.world)

    def of(self, stack: Stack) -> Resolver:
        """Return the resolver of one of the stacks that are read together with this one's."""
        found = self if stack is self._stack else self._others.of(stack)
        return found if isinstance(found, Resolver) else Resolver(stack, self._policy)

    def name(self, resource: Resource) -> str:
        """Return the name that references give a resource of the stack."""
        return self._others.app.name(self._stack, resource.logical_id)

    def stack_behind(self, value: Mapping[str, object]) -> Stack | None:
        """Return the stack that an import or an output of another stack is of; ``None`` where it is not known.

        Args:
            value: ``Fn::ImportValue``, ``Fn::GetStackOutput``, or ``Fn::GetAtt`` of what the CDK reads from another
                Region.
        """
        match value.get("Fn::GetAtt"):
            case [_, str(parameter)]:
                return self._others.with_handed_over(parameter)
        if "Fn::ImportValue" in value:
            name = self.facts.resolve(value["Fn::ImportValue"])
            return self._others.exporter(name)
        return self._others.with_output(*self._output_name(value["Fn::GetStackOutput"]))

    def in_world(self, world: World) -> Resolver:
        """Return the resolver of the same stack under other assumptions."""
        app = self._others.app.apart()
        app.explored = explored = Resolver(self._stack, self._policy, app=app, world=world)
        return explored

    def resolve(self, value: object) -> object:
        """Return the value behind an intrinsic function, one level deep: what an object or a list holds stays as it is.

        Args:
            value: A part of a template.

        Returns:
            A plain value; a :class:`Reference` or :class:`Text` where resources are referred to; :class:`Unknown` where
            it is known only after deployment; :data:`MISSING` for ``null`` and ``AWS::NoValue``. With a policy, what it
            puts in the place of references and what is unknown.
        """
        answer = self._answer(value)
        if isinstance(answer, str):
            return joined(map(self._settled, dynamic_references.split(answer)))
        if isinstance(answer, Text):
            # Its other parts are settled already.
            divided = parts_of(dynamic_references.split_text(answer))
            return joined(part if part in answer.parts else self._settled(part) for part in divided)
        return self._settled(answer)

    def tree(self, value: object) -> object:
        """Return a value with every intrinsic function in it resolved; what is missing falls away.

        Args:
            value: A part of a template.
        """
        resolved = self.resolve(value)
        if isinstance(resolved, dict):
            entries = {key: self.tree(inner) for key, inner in resolved.items()}
            return {key: inner for key, inner in entries.items() if inner is not MISSING}
        if isinstance(resolved, list):
            return [inner for inner in map(self.tree, resolved) if inner is not MISSING]
        return resolved

    def at(self, value: object, *path: str | int) -> object:
        """Return the resolved value at a path.

        Args:
            value: A part of a template.
            path: Keys and indexes from the part.

        Returns:
            As :meth:`resolve`; :data:`MISSING` where any part of the path is missing; the first part on the path that
            is neither an object nor a list where that is known only after deployment.
        """
        resolved = self.resolve(value)
        for step in path:
            match resolved:
                case dict() if isinstance(step, str):
                    inner = resolved.get(step, MISSING)
                case list() if isinstance(step, int) and step < len(resolved):
                    inner = resolved[step]
                case Unknown() | Text() | Reference():
                    break
                case _:
                    return MISSING
            resolved = inner if inner is MISSING else self.resolve(inner)
        return resolved

    def condition(self, name: str) -> bool | None:
        """Evaluate a condition.

        Args:
            name: Key in the template's ``Conditions``.

        Returns:
            ``None`` where it is known only after deployment.
        """
        return self._conditions.holds(name)

    def exists(self, resource: Resource) -> bool | None:
        """Return whether a resource of the stack is created.

        Args:
            resource: The resource, whose own condition and those of the stacks around it count.

        Returns:
            ``None`` where it is known only after deployment.
        """
        own = True if resource.condition is None or not self.world.leaves_out else self.condition(resource.condition)
        around = self._others.exists()
        return False if False in (own, around) else None if None in (own, around) else True

    def assertions_hold(self) -> bool | None:
        """Return whether the stack's ``Rules``, which CloudFormation checks before it deploys, let it be deployed.

        Returns:
            ``None`` where that is known only at deploy time.
        """
        outcomes: set[bool | None] = set()
        for rule in self._stack.rules.values():
            if not isinstance(rule, dict):
                continue
            if "RuleCondition" in rule and self._conditions.evaluate(rule["RuleCondition"]) is not True:
                continue
            assertions = rule.get("Assertions")
            for each in assertions if isinstance(assertions, list) else ():
                outcomes.add(self._conditions.evaluate(each.get("Assert") if isinstance(each, dict) else None))
        return False if False in outcomes else None if None in outcomes else True

    @cached_property
    def _conditions(self) -> Conditions:
        return Conditions(self._stack.conditions, self._assumed.resolve, self.world)

    @cached_property
    def _assumed(self) -> Resolver:
        """The same for conditions and the keys of mappings, which see the values that are assumed."""
        explored = self._others.app.explored
        if isinstance(explored, Resolver) and explored is not self:
            # A nested stack is given what is assumed about the one around it.
            return explored._assumed.of(self._stack)  # noqa: SLF001 - its own kind
        return self.facts if self.world.is_given else self.facts.in_world(self.world.all_given())

    def _home(self, reference: Reference) -> tuple[Resource | None, Callable[[object], object]]:
        """Return the resource behind a reference, and what resolves its properties."""
        home = self._others.app.homes.get(reference.logical_id)
        if home is None:
            return self._stack.resources.get(reference.logical_id), self.resolve
        stack, resource = home
        return resource, self.resolve if stack is self._stack else self._others.of(stack).resolve

    def _settled(self, answer: object) -> object:
        if isinstance(answer, Reference | Unknown):
            return self._policy.value(self._stack, answer)
        return answer

    def _answer(self, value: object) -> object:
        """Return the template's value, before the policy is applied."""
        if value is None:
            return MISSING
        if not isinstance(value, dict) or len(value) != 1:
            return value
        ((name, argument),) = value.items()
        function = self._functions.get(name)
        if function is not None:
            return function(argument)
        return Unknown(name) if isinstance(name, str) and name.startswith("Fn::") else value

    def _ref(self, logical_id: object) -> object:
        if not isinstance(logical_id, str):
            return Unknown("Ref")
        if logical_id == "AWS::NoValue":
            return MISSING
        if logical_id in self.world.values:
            return self._assumed_value(logical_id)
        if logical_id.startswith("AWS::"):
            return self._pseudo_parameters.get(logical_id) or self._unknown_pseudo_parameter(logical_id)
        resource = self._stack.resources.get(logical_id)
        if resource is None:
            return self._parameter(logical_id)
        return MISSING if self._is_left_out(resource) else Reference(self._others.app.name(self._stack, logical_id))

    @cached_property
    def _pseudo_parameters(self) -> Mapping[str, str | None]:
        region = self._stack.region
        return {
            "AWS::AccountId": self._stack.account,
            "AWS::Region": region,
            "AWS::Partition": partition_of(region) if region else None,
            "AWS::URLSuffix": url_suffix_of(region) if region else None,
        }

    def _unknown_pseudo_parameter(self, name: str) -> Unknown:
        # Stacks that are read as one have names of their own.
        return self._unknown_of_this(name) if name == "AWS::StackName" else Unknown(name)

    def _unknown_of_this(self, what: str, *, many: bool = False) -> Unknown:
        """Return what is unknown, with the stack's name where several stacks that are read as one may have it."""
        is_joined = (id(self._stack), "") in self._others.app.names
        return Unknown(f"{what} of stack {self._stack.name}" if is_joined else what, many)

    def _is_left_out(self, resource: Resource) -> bool:
        return self.world.leaves_out and resource.condition is not None and self.condition(resource.condition) is False

    def _assumed_value(self, name: str) -> object:
        value = self.world.values[name]
        if name in self.world.given:
            return value
        known = self._pseudo_parameters.get(name) if name.startswith("AWS::") else self._parameter(name)
        if known is not None and literal(known) == value:
            return known
        return (
            self._unknown_pseudo_parameter(name)
            if name.startswith("AWS::")
            else self._unknown_of_this(f"parameter {name}")
        )

    def _parameter(self, name: str) -> object:
        parameter = self._stack.parameters.get(name)
        if not isinstance(parameter, dict):
            return Unknown(name)
        kind = str(parameter.get("Type", "String"))
        is_list = "CommaDelimitedList" in kind or "List<" in kind
        value = self._others.argument(name)
        if value is MISSING:
            # The default of an SSM parameter is its name, not its value.
            value = MISSING if kind.startswith("AWS::SSM::") else parameter.get("Default", MISSING)
        elif kind.startswith("AWS::SSM::"):
            value = MISSING
        if value is MISSING or value is None:
            return self._unknown_of_this(f"parameter {name}", many=is_list)
        if is_list and isinstance(value, str | int | float):
            return [entry.strip() for entry in str(value).split(",")]
        return value

    def _attribute(self, argument: object) -> object:
        match argument:
            case str():
                logical_id, _, attribute = argument.partition(".")
            case [str(logical_id), part]:
                name = self.facts.resolve(part)
                if not isinstance(name, str):
                    return Unknown(f"{logical_id}.{shown(name)}")
                attribute = name
            case _:
                return Unknown("Fn::GetAtt")
        resource = self._stack.resources.get(logical_id)
        if resource is None:
            return Unknown(f"{logical_id}.{attribute}")
        if self._is_left_out(resource):
            return MISSING
        if resource.type == CROSS_REGION_READER:
            output = self._others.from_other_region(attribute)
        else:
            output = self._others.nested_output(logical_id, attribute.removeprefix("Outputs."))
        if output is not MISSING:
            return output
        return Reference(self._others.app.name(self._stack, logical_id), attribute)

    def _if(self, argument: object) -> object:
        match argument:
            case [str(name), yes, no]:
                holds = self.condition(name)
                if holds is None:
                    answer = self.facts.resolve(yes)
                    if answer != self.facts.resolve(no):
                        return Unknown(f"condition {name}")
                    # Not twice by the same resolver: the work would double with each level.
                    return answer if self.facts is self else self.resolve(yes)
                return self.resolve(no if holds is False else yes)
        return Unknown("Fn::If")

    def _find_in_map(self, argument: object) -> object:
        keys = argument if isinstance(argument, list) else []
        if not keys:
            return Unknown("Fn::FindInMap")
        unknown = Unknown(f"mapping {keys[0]}" if isinstance(keys[0], str) else "Fn::FindInMap")
        names = [self._assumed.resolve(key) for key in keys[:3]]
        if not all(isinstance(name, str | int) for name in names):
            return unknown
        found: object = self._stack.mappings
        for name in names:
            if not isinstance(found, dict) or str(name) not in found:
                match keys[3:]:
                    case [{"DefaultValue": default}]:
                        return self.resolve(default)
                return unknown
            found = found[str(name)]
        return found

    def _zones(self, argument: object) -> object:
        region = self.facts.resolve(argument) or self.facts.resolve({"Ref": "AWS::Region"})
        return availability_zones(region if isinstance(region, str) else None)

    def _import_value(self, argument: object) -> object:
        name = self.facts.resolve(argument)
        value = self._others.export(name)
        return Unknown(f"export {shown(name)}") if value is MISSING else value

    def _stack_output(self, argument: object) -> object:
        stack, output, region = self._output_name(argument)
        value = self._others.output(stack, output, region)
        return Unknown(f"output {shown(output)} of stack {shown(stack)}") if value is MISSING else value

    def _output_name(self, argument: object) -> tuple[object, object, object]:
        """Return stack, output and region that ``Fn::GetStackOutput`` names."""
        given = argument if isinstance(argument, dict) else {}
        stack, output, region = (self.facts.resolve(given.get(key)) for key in ("StackName", "OutputName", "Region"))
        return stack, output, self._stack.region if region is MISSING else region

    def _cidr(self, argument: object) -> object:
        match argument:
            case [block, count]:
                return encoders.cidr(self.resolve(block), self.resolve(count), MISSING)
            case [block, count, bits]:
                return encoders.cidr(self.resolve(block), self.resolve(count), self.resolve(bits))
        return Unknown("Fn::Cidr", many=True)
