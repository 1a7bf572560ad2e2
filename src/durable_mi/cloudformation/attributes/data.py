"""Tables, buckets, databases, caches, search and file systems."""

from __future__ import annotations

from typing import Final

from durable_mi.cloudformation.attributes.shape import shape

__all__ = ["SHAPES"]

_LOWER: Final = "{stack:lower}-{logical_id:lower}"
_SECRET: Final = "arn:{partition}:secretsmanager:{region}:{account}:secret:rds!"  # noqa: S105 - an ARN's beginning
_STREAM: Final = "{arn}/stream/2024-01-01T00:00:00.000"
_RDS: Final = "{alnum:12}.{region}.rds.{suffix}"

SHAPES: Final = {
    "AWS::DynamoDB::Table": shape(
        "TableName", arn="dynamodb:{region}:{account}:table/{id}", Arn="{arn}", StreamArn=_STREAM
    ),
    "AWS::DynamoDB::GlobalTable": shape(
        "TableName", arn="dynamodb:{region}:{account}:table/{id}", Arn="{arn}", StreamArn=_STREAM, TableId="{uuid}"
    ),
    "AWS::S3::Bucket": shape(
        "BucketName",
        made=_LOWER,
        arn="s3:::{id}",
        DomainName="{id}.s3.{suffix}",
        RegionalDomainName="{id}.s3.{region}.{suffix}",
        DualStackDomainName="{id}.s3.dualstack.{region}.{suffix}",
        WebsiteURL="http://{id}.s3-website-{region}.{suffix}",
    ),
    "AWS::S3::AccessPoint": shape(
        "Name", made=_LOWER, arn="s3:{region}:{account}:accesspoint/{id}", Alias="{id}-{alnum:34}-s3alias", Arn="{arn}"
    ),
    "AWS::RDS::DBInstance": shape(
        "DBInstanceIdentifier",
        made=_LOWER,
        arn="rds:{region}:{account}:db:{id}",
        DBInstanceArn="{arn}",
        DbiResourceId="db-{alnum:26}",
        Endpoint__Address=f"{{id}}.{_RDS}",
        Endpoint__Port="{port}",
        Endpoint__HostedZoneId="Z{alnum:13:upper}",
        MasterUserSecret__SecretArn=f"{_SECRET}db-{{uuid}}-{{alnum:6}}",
    ),
    "AWS::RDS::DBCluster": shape(
        "DBClusterIdentifier",
        made=_LOWER,
        arn="rds:{region}:{account}:cluster:{id}",
        DBClusterArn="{arn}",
        DBClusterResourceId="cluster-{alnum:26}",
        Endpoint__Address=f"{{id}}.cluster-{_RDS}",
        Endpoint__Port="{port}",
        ReadEndpoint__Address=f"{{id}}.cluster-ro-{_RDS}",
        MasterUserSecret__SecretArn=f"{_SECRET}cluster-{{uuid}}-{{alnum:6}}",
    ),
    "AWS::RDS::DBProxy": shape(
        "DBProxyName",
        arn="rds:{region}:{account}:db-proxy:prx-{hex:17}",
        DBProxyArn="{arn}",
        Endpoint=f"{{id}}.proxy-{_RDS}",
    ),
    "AWS::RDS::DBSubnetGroup": shape("DBSubnetGroupName", made=_LOWER),
    "AWS::DocDB::DBCluster": shape(
        "DBClusterIdentifier",
        made=_LOWER,
        Id="{id}",
        ClusterResourceId="cluster-{alnum:26}",
        Endpoint="{id}.cluster-{alnum:12}.{region}.docdb.{suffix}",
        ReadEndpoint="{id}.cluster-ro-{alnum:12}.{region}.docdb.{suffix}",
        Port="{port:27017}",
    ),
    "AWS::Neptune::DBCluster": shape(
        "DBClusterIdentifier",
        made=_LOWER,
        ClusterResourceId="cluster-{alnum:26}",
        Endpoint="{id}.cluster-{alnum:12}.{region}.neptune.{suffix}",
        ReadEndpoint="{id}.cluster-ro-{alnum:12}.{region}.neptune.{suffix}",
        Port="{port:8182}",
    ),
    "AWS::DSQL::Cluster": shape(
        made="{alnum:26}",
        arn="dsql:{region}:{account}:cluster/{id}",
        Identifier="{id}",
        ResourceArn="{arn}",
        Endpoint="{id}.dsql.{region}.on.aws",
    ),
    "AWS::Redshift::Cluster": shape(
        "ClusterIdentifier",
        made=_LOWER,
        Endpoint__Address="{id}.{alnum:12}.{region}.redshift.{suffix}",
        Endpoint__Port="{port:5439}",
        ClusterNamespaceArn="arn:{partition}:redshift:{region}:{account}:namespace:{uuid}",
    ),
    "AWS::ElastiCache::CacheCluster": shape(
        "ClusterName",
        made=_LOWER,
        ConfigurationEndpoint__Address="{id}.{alnum:6}.cfg.cache.{suffix}",
        ConfigurationEndpoint__Port="{port:11211}",
        RedisEndpoint__Address="{id}.{alnum:6}.0001.cache.{suffix}",
        RedisEndpoint__Port="{port:6379}",
    ),
    "AWS::ElastiCache::ReplicationGroup": shape(
        "ReplicationGroupId",
        made=_LOWER,
        ConfigurationEndPoint__Address="{id}.{alnum:6}.clustercfg.cache.{suffix}",
        ConfigurationEndPoint__Port="{port:6379}",
        PrimaryEndPoint__Address="{id}.{alnum:6}.ng.0001.cache.{suffix}",
        PrimaryEndPoint__Port="{port:6379}",
        ReaderEndPoint__Address="{id}-ro.{alnum:6}.ng.0001.cache.{suffix}",
        ReaderEndPoint__Port="{port:6379}",
    ),
    "AWS::ElastiCache::ServerlessCache": shape(
        "ServerlessCacheName",
        made=_LOWER,
        arn="elasticache:{region}:{account}:serverlesscache:{id}",
        ARN="{arn}",
        Endpoint__Address="{id}-{alnum:6}.serverless.cache.{suffix}",
        Endpoint__Port="6379",
        ReaderEndpoint__Address="{id}-{alnum:6}.serverless.cache.{suffix}",
        ReaderEndpoint__Port="6380",
    ),
    "AWS::MemoryDB::Cluster": shape(
        "ClusterName",
        made=_LOWER,
        arn="memorydb:{region}:{account}:cluster/{id}",
        ARN="{arn}",
        ClusterEndpoint__Address="clustercfg.{id}.{alnum:6}.memorydb.{region}.{suffix}",
        ClusterEndpoint__Port="{port:6379}",
    ),
    "AWS::DAX::Cluster": shape(
        "ClusterName",
        made=_LOWER,
        arn="dax:{region}:{account}:cache/{id}",
        Id="{id}",
        Arn="{arn}",
        ClusterDiscoveryEndpoint="{id}.{alnum:6}.dax-clusters.{region}.{suffix}:8111",
        ClusterDiscoveryEndpointURL="dax://{id}.{alnum:6}.dax-clusters.{region}.{suffix}",
    ),
    "AWS::OpenSearchService::Domain": shape(
        "DomainName",
        made=_LOWER,
        arn="es:{region}:{account}:domain/{id}",
        Arn="{arn}",
        DomainArn="{arn}",
        DomainEndpoint="search-{id}-{alnum:26}.{region}.es.{suffix}",
        Id="{account}/{id}",
    ),
    "AWS::OpenSearchServerless::Collection": shape(
        made="{alnum:20}",
        arn="aoss:{region}:{account}:collection/{id}",
        Id="{id}",
        Arn="{arn}",
        CollectionEndpoint="https://{id}.{region}.aoss.{suffix}",
        DashboardEndpoint="https://{id}.{region}.aoss.{suffix}/_dashboards",
    ),
    "AWS::EFS::FileSystem": shape(
        made="fs-{hex:17}",
        arn="elasticfilesystem:{region}:{account}:file-system/{id}",
        Arn="{arn}",
        FileSystemId="{id}",
    ),
    "AWS::EFS::AccessPoint": shape(
        made="fsap-{hex:17}",
        arn="elasticfilesystem:{region}:{account}:access-point/{id}",
        Arn="{arn}",
        AccessPointId="{id}",
    ),
    "AWS::Timestream::Database": shape("DatabaseName", arn="timestream:{region}:{account}:database/{id}"),
    "AWS::Timestream::Table": shape(
        "TableName",
        arn="timestream:{region}:{account}:database/{property:DatabaseName}/table/{id}",
        ref="{property:DatabaseName}|{id}",
        Arn="{arn}",
        Name="{id}",
    ),
    "AWS::Athena::WorkGroup": shape("Name"),
    "AWS::Glue::Database": shape(made=_LOWER),
    "AWS::Glue::Job": shape("Name"),
}
