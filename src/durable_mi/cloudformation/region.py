"""What follows from a region: partition, domain and Availability Zones."""

from __future__ import annotations

from typing import Final

__all__ = ["availability_zones", "partition_of", "url_suffix_of"]

# Source: botocore's partitions.json, and AWS European Sovereign Cloud's documentation for the last.
_PARTITIONS: Final = (
    ("cn-", "aws-cn", "amazonaws.com.cn"),
    ("us-gov-", "aws-us-gov", "amazonaws.com"),
    ("us-iso-", "aws-iso", "c2s.ic.gov"),
    ("us-isob-", "aws-iso-b", "sc2s.sgov.gov"),
    ("eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"),
    ("us-isof-", "aws-iso-f", "csp.hci.ic.gov"),
    ("eusc-", "aws-eusc", "amazonaws.eu"),
    ("", "aws", "amazonaws.com"),
)


def partition_of(region: str) -> str:
    """Return the partition that a region lies in, such as ``aws``."""
    return next(partition for prefix, partition, _ in _PARTITIONS if region.startswith(prefix))


def url_suffix_of(region: str) -> str:
    """Return the domain of a region's partition, such as ``amazonaws.com``."""
    return next(suffix for prefix, _, suffix in _PARTITIONS if region.startswith(prefix))


def availability_zones(region: str | None) -> list[str]:
    """Return as many Availability Zones as a region may have.

    Which of them an account has is known only after deployment; that they differ from each other is known before.

    Args:
        region: The region, ``None`` where it is not known.
    """
    return [f"{region}{zone}" if region else f"zone {zone}" for zone in "abcdef"]
