"""Service limits of Lambda Managed Instances and durable functions, each with its source.

Sources: *API* is the Lambda API model (botocore ``lambda/2015-03-31``), *CFN* the CloudFormation resource schema,
*DG* the AWS Lambda Developer Guide (page name in brackets), *SAM* the AWS SAM reference, *BLOG* the AWS Compute Blog
post on Lambda Managed Instances of 2026-03-30, *field* measurements on real accounts by third parties.

Units are in the name. This module imports nothing but the standard library.
"""

from __future__ import annotations

import re
from typing import Final

# Runtimes -------------------------------------------------------------------------------------------------------------

MIN_PYTHON_RUNTIME: Final = (3, 13)
"""Oldest managed Python runtime on managed instances and for durable functions. DG [lambda-managed-instances-runtimes],
DG [durable-supported-runtimes]."""

PYTHON_RUNTIMES: Final = ("python3.13", "python3.14")
"""Managed Python runtimes known to run durable functions on managed instances. DG [durable-supported-runtimes]."""

MIN_MANAGED_RUNTIMES: Final = {
    "python": MIN_PYTHON_RUNTIME,
    "nodejs": (22,),
    "java": (21,),
    "dotnet": (8,),
    "provided.al": (2023,),
}
"""Oldest version of each managed runtime on managed instances; Rust runs on ``provided.al2023``, and runtimes of other
languages are rejected. DG [lambda-managed-instances-runtimes]."""

ARCHITECTURES: Final = ("arm64", "x86_64")
"""A capacity provider has exactly one, and it must equal the function's. API, CFN, DG [lambda-managed-instances]."""

# Function size --------------------------------------------------------------------------------------------------------

MIN_MEMORY_MIB: Final = 2048
"""Smallest memory of a function on managed instances. API error text, BLOG."""

MAX_MEMORY_MIB: Final = 32_768
"""Largest memory of a function on managed instances. API, CFN."""

MEMORY_GIB_PER_VCPU: Final = (2, 4, 8)
"""Allowed ratios of memory to vCPU. SAM, BLOG."""

DEFAULT_MEMORY_GIB_PER_VCPU: Final = 2
"""The default ratio. BLOG and the CDK's reference; one AWS guide says 4."""

MIN_EPHEMERAL_STORAGE_MIB: Final = 512
MAX_EPHEMERAL_STORAGE_MIB: Final = 10_240
"""Range of ``/tmp``; up to 32,768 with accelerators only. API, DG [gettingstarted-limits]."""

MAX_UNZIPPED_PACKAGE_BYTES: Final = 250 * 1024 * 1024
"""Unzipped size of a package together with its layers; the service counts 262,144,000 bytes. DG
[gettingstarted-limits]."""

MAX_LAYERS: Final = 5
"""Layers of a function. DG [gettingstarted-limits]."""

MIN_CONCURRENCY: Final = 1
MAX_CONCURRENCY: Final = 1600
"""Range of ``PerExecutionEnvironmentMaxConcurrency``. API, CFN."""

MAX_CONCURRENCY_PER_VCPU: Final = 64
"""Hard limit of concurrent invocations per vCPU. DG [lambda-managed-instances-scaling]."""

DEFAULT_PYTHON_CONCURRENCY_PER_VCPU: Final = 16
"""The service's default concurrency for Python: processes per vCPU. DG
[lambda-managed-instances-python-runtime], BLOG. Whether it is also a cap for Python is UNCONFIRMED."""

# Time -----------------------------------------------------------------------------------------------------------------

MAX_INVOCATION_TIMEOUT_S: Final = 5400
"""Longest invocation timeout on managed instances (asynchronous and most event source invocations). API, CFN."""

MAX_PLAIN_INVOCATION_S: Final = 1800
"""Longest invocation timeout without managed instances. API model since 2026-11; the guide says 900 (UNCONFIRMED)."""

MAX_SYNC_INVOCATION_S: Final = 900
"""Longest synchronous invocation, whatever the function's timeout says. CFN, DG [durable-invoking]."""

MAX_INIT_S: Final = 900
"""Longest time that a managed instance gives an execution environment to load the handler.
DG [lambda-managed-instances-execution-environment]."""

MIN_EXECUTION_TIMEOUT_S: Final = 1
MAX_EXECUTION_TIMEOUT_S: Final = 31_622_400
"""Range of a durable execution's timeout; the maximum is 366 days. API, CFN."""

MIN_RETENTION_DAYS: Final = 1
MAX_RETENTION_DAYS: Final = 90
"""Range of ``RetentionPeriodInDays``. API, CFN."""

MAX_EVENT_AGE_S: Final = 21_600
"""Longest age of an asynchronous event before it is discarded, which is also the default. API."""

# Execution environments -----------------------------------------------------------------------------------------------

MIN_EXECUTION_ENVIRONMENTS: Final = 0
MAX_EXECUTION_ENVIRONMENTS: Final = 15_000
"""Range of ``MinExecutionEnvironments`` and ``MaxExecutionEnvironments``. API, CFN."""

DEFAULT_MIN_EXECUTION_ENVIRONMENTS: Final = 3
"""The service's default minimum, one per zone. DG [lambda-managed-instances-scaling]."""

# Capacity provider ----------------------------------------------------------------------------------------------------

MIN_MAX_VCPUS: Final = 2
MAX_MAX_VCPUS: Final = 15_000
"""Range of ``MaxVCpuCount``. API, CFN."""

DEFAULT_MAX_VCPUS: Final = 400
"""The service's default ``MaxVCpuCount``. DG [lambda-managed-instances-capacity-providers]."""

MAX_SUBNETS: Final = 16
MAX_SECURITY_GROUPS: Final = 5
"""Largest number of subnets and security groups of a capacity provider. API, CFN."""

MAX_INSTANCE_TYPES: Final = 400
"""Largest number of allowed or excluded instance types. API, CFN."""

MAX_SCALING_POLICIES: Final = 10
"""Largest number of scaling policies, with manual scaling only. CFN."""

MAX_PROPAGATED_TAGS: Final = 40
MAX_TAG_KEY: Final = 128
MAX_TAG_VALUE: Final = 256
"""Largest number of ``ExplicitTags``, and characters of a key and of a value. CFN, DG
[lambda-managed-instances-tag-propagation]."""

INSTANCE_MEMORY_GIB_PER_VCPU: Final = {"c": 2, "m": 4, "r": 8}
"""The families of managed instances, BLOG and DG [lambda-managed-instances], and their GiB of memory for each vCPU. EC2
guide, specifications of compute, general purpose and memory optimized instances."""

OTHER_INSTANCE_SERIES: Final = frozenset({"a", "d", "h", "hpc", "i", "im", "is", "mac", "t", "u", "x", "z"})
"""Series of EC2 that are not among those families. Those with accelerators are not in the list: the API has settings
for them that no guide describes yet."""

INSTANCE_OVERHEAD_VCPUS: Final = 1
INSTANCE_OVERHEAD_GIB: Final = 1
"""Reserve of an instance: vCPUs and GiB of memory that no execution environment gets. From an AWS guide for
coding agents, not in the DG: good for an estimate, not for a check."""

MAX_VERSIONS_PER_CAPACITY_PROVIDER: Final = 100
"""Function versions on one capacity provider, a fixed quota. DG [lambda-managed-instances-quotas]."""

RESILIENT_ZONES: Final = 3
"""Availability Zones that Lambda spreads instances over by default. DG [lambda-managed-instances], BLOG."""

MIN_ZONES: Final = 2
"""Zones that a new network needs: this project's choice, so that it outlives one."""

ZONE_ID: Final = re.compile(r"[a-z]+\d+(?:-[a-z]+\d+)?-az\d+")
"""The id of an Availability Zone, such as ``use1-az1``, which is the same zone in every account; a name such as
``us-east-1a`` is not. AWS RAM guide, Availability Zone IDs."""

ZONES_WITHOUT_MANAGED_INSTANCES: Final = ("use1-az3",)
"""Zones whose subnets Lambda was seen to reject for a capacity provider. field; DG [configuration-vpc-endpoints] limits
the same zone."""

ZONE_IDS: Final = {"us-east-1": ("use1-az1", "use1-az2", "use1-az4")}
"""Three zones of each Region that has one of the above: which of the others they are is this project's choice."""

TWO_ZONE_REGIONS: Final = ("us-west-1",)
"""Regions that offer two zones to an account. EC2 guide, Regions and Availability Zones."""

MAX_CPU_TARGET_PERCENT: Final = 100
"""Largest ``TargetValue`` of a scaling policy by CPU utilization; the smallest is 0. API, CFN."""

# Durable executions ---------------------------------------------------------------------------------------------------

MAX_OPERATIONS: Final = 3000
"""Durable operations of one execution. DG [gettingstarted-limits]."""

MAX_STORAGE_WRITTEN_BYTES: Final = 100 * 1024 * 1024
"""Bytes that one execution can write. DG [gettingstarted-limits]."""

MAX_SYNC_PAYLOAD_BYTES: Final = 6 * 1024 * 1024
"""Request payload of a synchronous invocation. DG [gettingstarted-limits]."""

MAX_ASYNC_PAYLOAD_BYTES: Final = 1024 * 1024
"""Request payload of an asynchronous invocation. DG [gettingstarted-limits]."""

SDK_CHECKPOINT_BATCH_BYTES: Final = 750 * 1024
"""Largest batch of updates that the SDK for Python sends. Source of 3.0.0, ``CheckpointBatcherConfig``. A larger result
of a step that ends within about a tenth of a second is never sent: the SDK waits until the invocation times out."""

MAX_OPERATION_PAYLOAD_BYTES: Final = 1024 * 1024
"""Payload of an operation, and result that completes a callback. API, DG [gettingstarted-limits]. On real accounts the
service was seen to reject results of steps above 262,144 bytes."""

MAX_RESPONSE_BYTES: Final = 6 * 1024 * 1024 + 100
"""Response of a function. The service's own error names it; the quota is 6 MB. DG [gettingstarted-limits]."""

MAX_CALLBACK_ID: Final = 1024
"""Characters of a callback's id. API."""

# Names ----------------------------------------------------------------------------------------------------------------

LISTS_A_SECOND: Final = 15
"""Requests a second that an account has for lists of executions, and as many for histories. DG
[gettingstarted-limits]."""

STOPS_A_SECOND: Final = 30
"""Requests a second that an account has to stop executions, and as many to read single ones. DG
[gettingstarted-limits]."""

CALLBACKS_A_SECOND: Final = 300
"""Requests a second that an account has for answers to callbacks. DG [gettingstarted-limits]."""

EXECUTION_NAME: Final = re.compile(r"[a-zA-Z0-9-_]{1,64}")
"""A durable execution's name. API."""

OPERATION_ID: Final = re.compile(r"[a-zA-Z0-9-_]+")
"""The id of an operation, 64 characters at most. API."""

OPERATION_NAME: Final = re.compile(r"[\x20-\x7E]+")
"""The name of an operation, 256 characters at most. API."""

CALLBACK_ID: Final = re.compile(r"[A-Za-z0-9+/]+={0,2}")
"""The id of a callback. API."""

FUNCTION_ARN: Final = re.compile(
    r"(?P<unqualified>arn:aws[a-zA-Z-]*:lambda:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):function:[a-zA-Z0-9-_]{1,64})"
    r"(?::(?P<qualifier>[^:]+))?"
)
"""A function's ARN, which can have a version or an alias as qualifier. API."""

UNQUALIFIED_FUNCTION: Final = re.compile(
    r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?"
    r"([a-zA-Z0-9-_]+)"
)
"""A function's name, partial ARN or ARN without a qualifier. API."""

ALIAS_NAME: Final = re.compile(r"(?!\d+$)[a-zA-Z0-9-_]{1,128}")
"""An alias's name: not digits only, which are a version. API."""

CAPACITY_PROVIDER_NAME: Final = re.compile(r"[a-zA-Z0-9-_]{1,140}")
"""A capacity provider's name. API, CFN."""

CAPACITY_PROVIDER_ARN: Final = re.compile(
    r"(?=.{1,140}$)arn:aws[a-zA-Z-]*:lambda:[a-z0-9-]+:\d{12}:capacity-provider:[a-zA-Z0-9-_]+"
)
"""A capacity provider's ARN, 140 characters at most. API."""

LOG_GROUP_NAME: Final = re.compile(r"[.\-_/#A-Za-z0-9]{1,512}")
"""A log group for the system logs of a capacity provider. API, CFN."""

INSTANCE_TYPE: Final = re.compile(r"[a-zA-Z0-9.*-]{1,30}")
"""An instance type of the filter; ``*`` matches any characters. API, CFN."""

HANDLER: Final = re.compile(r"[^\s]{1,128}")
"""A function's handler. API."""

FUNCTION_DESCRIPTION_MAX: Final = 256
"""Longest function description, in characters. API."""

ENVIRONMENT_VARIABLE: Final = re.compile(r"[a-zA-Z]([a-zA-Z0-9_])+")
"""An environment variable's name. API."""

RESERVED_ENVIRONMENT_VARIABLES: Final = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    }
)
"""Environment variables that Lambda sets and does not let a function set. DG [configuration-envvars]."""

MAX_ENVIRONMENT_BYTES: Final = 4096
"""Size of all environment variables, names and values. DG [gettingstarted-limits]."""
