"""CloudFormation's way with a stack's resources, which moto goes differently.

moto makes resources in the template's order, whatever `DependsOn` says; leaves it to each resource whether a change
replaces it; deletes what the template wants retained; and has no rollback. What AWS documents is done here instead: see
`docs/explanation/rehearsal.md`. The resources themselves are moto's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, cast

from moto.cloudformation import parsing
from moto.cloudformation.models import Event, Stack, cloudformation_backends
from moto.cloudformation.parsing import ResourceMap, clean_json

from tests.deploy.server import schemas
from tests.deploy.server.deletion import delete_from_network
from tests.deploy.server.order import creation_order, deletion_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["RollbackFailedError", "StackFailedError", "StackResources", "Standing"]

# moto's model of it changes in place without becoming another resource. A change to any other type of moto's own is
# noted by the stack, while what moto answers about it stays as it was.
_UPDATED_BY_MOTO: Final = {"AWS::SSM::Parameter"}


class StackFailedError(Exception):
    """A resource could not be made, changed or deleted; the message names it."""


class RollbackFailedError(StackFailedError):
    """What had been done could not be undone; the message names the resource."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A resource that stands.

    Attributes:
        logical_id: Its name in the template.
        body: What the template says of it.
        properties: Its properties, resolved.
        model: What stands for it in the server.
    """

    logical_id: str
    body: Mapping[str, Any]
    properties: Mapping[str, Any]
    model: Any

    @property
    def type(self) -> str:
        """The CloudFormation type."""
        return str(self.body["Type"])

    @property
    def physical_id(self) -> str:
        """What `Ref` gives."""
        return str(getattr(self.model, "physical_resource_id", self.model))


class StackResources(ResourceMap):
    """The resources of one stack."""

    stack: Stack

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.standing: dict[str, Standing] = {}
        self.outputs_of_stacks = cloudformation_backends[self._account_id][self._region_name]

    def __getitem__(self, key: str) -> Any:
        """Return what stands under a logical id, or a parameter's or pseudo parameter's value."""
        return self._parsed_resources[key]

    @property
    def resources(self) -> Iterable[str]:
        """The logical ids of what stands."""
        return list(self.standing)

    def deploy(self, template: dict[str, Any], parameters: dict[str, Any]) -> None:
        """Make the stack what the template says.

        Raises:
            StackFailedError: A resource failed. What had been done is undone then.
            RollbackFailedError: A resource failed, and another could not be undone.
        """
        before, old_template, old_parameters = dict(self.standing), self._template, self.input_parameters
        self._adopt(template, parameters)
        try:
            for name in creation_order(template["Resources"]):
                self._reach(name, template["Resources"][name])
        except StackFailedError as failure:
            self._event_of_stack("ROLLBACK_IN_PROGRESS", before)
            try:
                self._roll_back(before)
            except StackFailedError as error:
                raise RollbackFailedError(str(error)) from failure
            self._adopt(old_template or {"Resources": {}}, old_parameters)
            raise
        self._clean_up(before, template["Resources"])

    def delete(self) -> None:
        """Delete what stands, dependents first.

        Raises:
            StackFailedError: A resource could not be deleted; it and what it depends on still stand.
        """
        for name in deletion_order({name: standing.body for name, standing in self.standing.items()}):
            standing = self.standing[name]
            if standing.body.get("DeletionPolicy") in {"Retain", "RetainExceptOnCreate"}:
                self._event(standing, "DELETE_SKIPPED")
            else:
                self._delete(standing)
            self._forget(name)

    def _adopt(self, template: dict[str, Any], parameters: dict[str, Any]) -> None:
        self._template = template
        self.input_parameters = {
            name: value for name, value in parameters.items() if not self._is_looked_up(template, name, value)
        }
        self._resource_json_map = template["Resources"]
        self.resolved_parameters = {}
        self.load_mapping()
        self.load_parameters()
        self.load_conditions()

    def _is_looked_up(self, template: Mapping[str, Any], name: str, value: Any) -> bool:
        """Return whether moto gives what it found in SSM where CloudFormation keeps the name to look up once more."""
        slot = template.get("Parameters", {}).get(name, {})
        return str(slot.get("Type")).startswith("AWS::SSM::") and value == self.resolved_parameters.get(name)

    def _reach(self, name: str, body: Mapping[str, Any]) -> None:
        condition = body.get("Condition")
        if condition is not None and not self.lazy_condition_map[condition]:
            self._parsed_resources[name] = None
            return
        old = self.standing.get(name)
        unmade = Standing(logical_id=name, body=body, properties={}, model=old.model if old else "")
        status = "CREATE" if old is None else "UPDATE"
        try:
            new = replace(unmade, properties=self._resolve(body))
            if old is None or old.type != new.type or schemas.replaces(new.type, old.properties, new.properties):
                new = self._create(new, status, replacing=old is not None)
            elif old.properties != new.properties:
                new = self._update(old, new)
        except Exception as error:
            reason = getattr(error, "message", None) or str(error) or repr(error)
            self._event(unmade, f"{status}_FAILED", reason)
            msg = f"The following resource(s) failed to {status.lower()}: [{name}]: {reason}"
            raise StackFailedError(msg) from error
        self._note(new)

    def _resolve(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        properties = self._stack_outputs(body.get("Properties", {}))
        self._check_attributes(properties)
        return cast("Mapping[str, Any]", clean_json(properties, self))

    def _stack_outputs(self, value: Any) -> Any:
        """Replace `Fn::GetStackOutput`, which moto does not know."""
        match value:
            case {"Fn::GetStackOutput": {"StackName": str(stack), "OutputName": str(name)}}:
                outputs = self.outputs_of_stacks.get_stack(stack).outputs or []
                return next(output["OutputValue"] for output in outputs if output["OutputKey"] == name)
            case dict():
                return {key: self._stack_outputs(item) for key, item in value.items()}
            case list():
                return [self._stack_outputs(item) for item in value]
        return value

    def _check_attributes(self, value: Any) -> None:
        """Fail on an attribute that moto does not know, where moto would leave the property out."""
        match value:
            case {"Fn::GetAtt": [str(name), str(attribute)]}:
                self[name].get_cfn_attribute(attribute)
            case dict():
                for item in value.values():
                    self._check_attributes(item)
            case list():
                for item in value:
                    self._check_attributes(item)

    def _create(self, new: Standing, status: str, *, replacing: bool) -> Standing:
        reason = "Requested update requires the creation of a new physical resource" if replacing else None
        self._event(new, f"{status}_IN_PROGRESS", reason)
        model_class = parsing.resource_class_from_type(new.type)
        if model_class is None:
            msg = f"the rehearsal's server does not know {new.type}: add it to tests/deploy/server"
            raise LookupError(msg)
        property_of_name = parsing.resource_name_property_from_type(new.type)
        physical_name = new.properties.get(property_of_name or "") or parsing.generate_resource_name(
            new.type, str(self["AWS::StackName"]), new.logical_id
        )
        model = model_class.create_from_cloudformation_json(
            physical_name,
            {"Type": new.type, "Properties": dict(new.properties)},
            self._account_id,
            self._region_name,
            LogicalId=new.logical_id,
            StackId=self.stack_id,
            ResourceType=new.type,
        )
        made = replace(new, model=model)
        self._event(made, f"{status}_COMPLETE")
        return made

    def _update(self, old: Standing, new: Standing) -> Standing:
        self._event(old, "UPDATE_IN_PROGRESS")
        model = self._change(old, new)
        made = replace(new, model=model)
        self._event(made, "UPDATE_COMPLETE")
        return made

    def _change(self, old: Standing, new: Standing) -> Any:
        model_class = parsing.resource_class_from_type(new.type)
        if new.type not in _UPDATED_BY_MOTO and not getattr(model_class, "updates_in_place", False):
            return old.model
        return model_class.update_from_cloudformation_json(
            old.model,
            old.physical_id,
            {
                "Type": new.type,
                "Properties": dict(new.properties),
                "UpdatePolicy": clean_json(new.body.get("UpdatePolicy", {}), self),
            },
            self._account_id,
            self._region_name,
        )

    def _delete(self, standing: Standing) -> None:
        self._event(standing, "DELETE_IN_PROGRESS")
        try:
            if not delete_from_network(standing, self._account_id, self._region_name):
                _check_deletable(standing)
                self._delete_resource(standing.model, {"Type": standing.type, "Properties": dict(standing.properties)})
        except Exception as error:
            reason = getattr(error, "message", None) or str(error) or repr(error)
            self._event(standing, "DELETE_FAILED", reason)
            msg = f"The following resource(s) failed to delete: [{standing.logical_id}]: {reason}"
            raise StackFailedError(msg) from error
        self._event(standing, "DELETE_COMPLETE")

    def _roll_back(self, before: Mapping[str, Standing]) -> None:
        done = {name: standing for name, standing in self.standing.items() if before.get(name) is not standing}
        restored = creation_order({name: standing.body for name, standing in before.items()})
        for name in (name for name in restored if name in done):
            old, new = before[name], done[name]
            if old.model is new.model and old.properties != new.properties:
                self._change(new, old)
                self._event(old, "UPDATE_COMPLETE")
            self._note(old)
        self._delete_made(done, before)

    def _delete_made(self, done: Mapping[str, Standing], before: Mapping[str, Standing]) -> None:
        for name in deletion_order({name: standing.body for name, standing in done.items()}):
            standing = done[name]
            if name in before and before[name].model is standing.model:
                continue
            if standing.body.get("DeletionPolicy") == "Retain":
                self._event(standing, "DELETE_SKIPPED")
            else:
                self._delete(standing)
            if name not in before:
                self._forget(name)

    def _clean_up(self, before: Mapping[str, Standing], wanted: Mapping[str, Any]) -> None:
        """Delete what was replaced or is no longer in the template. A failure here does not fail the update."""
        for name in deletion_order({name: standing.body for name, standing in before.items()}):
            old = before[name]
            if name in wanted and self.standing[name].model is old.model:
                continue
            policy = "UpdateReplacePolicy" if name in wanted else "DeletionPolicy"
            if old.body.get(policy) in {"Retain", "RetainExceptOnCreate"}:
                self._event(old, "DELETE_SKIPPED")
            else:
                try:
                    self._delete(old)
                except StackFailedError:
                    continue
            if name not in wanted:
                self._forget(name)

    def _note(self, standing: Standing) -> None:
        if not isinstance(standing.model, str):
            standing.model.logical_resource_id = standing.logical_id
            standing.model.cf_resource_type = standing.type
        self.standing[standing.logical_id] = standing
        self._parsed_resources[standing.logical_id] = standing.model

    def _forget(self, name: str) -> None:
        self.standing.pop(name, None)
        self._parsed_resources.pop(name, None)

    def _event_of_stack(self, status: str, before: Mapping[str, Standing]) -> None:
        self.stack._add_stack_event(f"UPDATE_{status}" if before else status)  # noqa: SLF001 - moto offers no other way

    def _event(self, standing: Standing, status: str, reason: str | None = None) -> None:
        self.stack.events.append(
            Event(
                stack_id=self.stack_id,
                stack_name=self.stack.name,
                logical_resource_id=standing.logical_id,
                physical_resource_id=standing.physical_id,
                resource_type=standing.type,
                resource_status=status,
                resource_status_reason=reason,
                resource_properties=None,
            )
        )


def _check_deletable(standing: Standing) -> None:
    """Fail where moto would leave the resource and say nothing."""
    by_class = getattr(type(standing.model), "delete_from_cloudformation_json", None)
    if not hasattr(standing.model, "delete") and hasattr(by_class, "__isabstractmethod__"):
        msg = f"the rehearsal's server cannot delete {standing.type}: add it to tests/deploy/server"
        raise LookupError(msg)
