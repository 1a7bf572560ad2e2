"""moto's server, extended by what this rehearsal needs. Prints its address, and ends when its standard input does."""

from __future__ import annotations

import logging
import os
import sys
from typing import Final

os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")

from moto.cloudformation import parsing
from moto.server import ThreadedMotoServer

from tests.deploy.server.alias import Alias
from tests.deploy.server.capacity_provider import CapacityProvider
from tests.deploy.server.change_sets import deploy_like_cloudformation
from tests.deploy.server.cloudtrail import serve_no_events
from tests.deploy.server.codedeploy import Application, DeploymentGroup
from tests.deploy.server.event_invoke_config import EventInvokeConfig
from tests.deploy.server.function import Function
from tests.deploy.server.iam import ManagedPolicy, Policy, Role
from tests.deploy.server.lambda_api import serve_capacity_providers
from tests.deploy.server.log_group import give_log_group_arns
from tests.deploy.server.permission import Permission
from tests.deploy.server.placeholder import PLACEHOLDERS, placeholder
from tests.deploy.server.queue_policy import QueuePolicy
from tests.deploy.server.release_api import serve_releases
from tests.deploy.server.route_table_association import RouteTableAssociation
from tests.deploy.server.security_group import SecurityGroup
from tests.deploy.server.version import Version

OWN: Final = (
    Alias,
    Application,
    CapacityProvider,
    DeploymentGroup,
    EventInvokeConfig,
    Function,
    ManagedPolicy,
    Permission,
    Policy,
    QueuePolicy,
    Role,
    RouteTableAssociation,
    SecurityGroup,
    Version,
)


def main() -> None:
    """Serve until standard input closes."""
    known = parsing.get_model_map()
    for model in OWN:
        known[model.cloudformation_type()] = model
    known |= {name: placeholder(name) for name in PLACEHOLDERS}
    deploy_like_cloudformation()
    serve_capacity_providers()
    serve_releases()
    serve_no_events()
    give_log_group_arns()
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    print(f"http://{host}:{port}", flush=True)  # noqa: T201 - its one output
    sys.stdin.read()


if __name__ == "__main__":
    main()
