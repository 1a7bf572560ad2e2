"""Identities, keys, secrets, parameters, logs and configuration."""

from __future__ import annotations

from typing import Final

from durable_mi.cloudformation.attributes.shape import shape

__all__ = ["SHAPES"]

SHAPES: Final = {
    "AWS::IAM::Role": shape(
        "RoleName", arn="iam::{account}:role{property:Path:/}{id}", Arn="{arn}", RoleId="AROA{alnum:17:upper}"
    ),
    "AWS::IAM::User": shape("UserName", arn="iam::{account}:user{property:Path:/}{id}"),
    "AWS::IAM::Group": shape("GroupName", arn="iam::{account}:group{property:Path:/}{id}"),
    "AWS::IAM::InstanceProfile": shape(
        "InstanceProfileName", arn="iam::{account}:instance-profile{property:Path:/}{id}"
    ),
    "AWS::IAM::ManagedPolicy": shape(
        "ManagedPolicyName", arn="iam::{account}:policy{property:Path:/}{id}", ref="{arn}", PolicyArn="{arn}"
    ),
    "AWS::IAM::AccessKey": shape(made="AKIA{alnum:16:upper}", Id="{id}", SecretAccessKey="{alnum:40}"),
    "AWS::KMS::Key": shape(made="{uuid}", arn="kms:{region}:{account}:key/{id}", Arn="{arn}", KeyId="{id}"),
    "AWS::KMS::ReplicaKey": shape(made="{uuid}", arn="kms:{region}:{account}:key/{id}", Arn="{arn}", KeyId="{id}"),
    "AWS::KMS::Alias": shape("AliasName", made="alias/{stack}-{logical_id}"),
    "AWS::SecretsManager::Secret": shape(
        "Name", arn="secretsmanager:{region}:{account}:secret:{id}-{alnum:6}", ref="{arn}", Id="{arn}"
    ),
    # Attaching a secret to a database gives the secret itself again.
    "AWS::SecretsManager::SecretTargetAttachment": shape(ref="{property:SecretId}", Id="{property:SecretId}"),
    "AWS::SSM::Parameter": shape(
        "Name",
        made="CFN-{logical_id}-{alnum:12}",
        arn="ssm:{region}:{account}:parameter/{id:relative}",
        Type="{property:Type}",
        Value="{property:Value}",
        Arn="{arn}",
    ),
    "AWS::Cognito::UserPool": shape(
        made="{region}_{alnum:9}",
        arn="cognito-idp:{region}:{account}:userpool/{id}",
        UserPoolId="{id}",
        Arn="{arn}",
        ProviderName="cognito-idp.{region}.{suffix}/{id}",
        ProviderURL="https://cognito-idp.{region}.{suffix}/{id}",
    ),
    "AWS::Cognito::UserPoolClient": shape(
        made="{alnum:26}", ClientId="{id}", ClientSecret="{alnum:51}", Name="{property:ClientName}"
    ),
    "AWS::Cognito::UserPoolDomain": shape("Domain", CloudFrontDistribution="d{alnum:13}.cloudfront.net"),
    "AWS::Cognito::IdentityPool": shape(made="{region}:{uuid}", Id="{id}", Name="{property:IdentityPoolName}"),
    "AWS::VerifiedPermissions::PolicyStore": shape(
        made="{alnum:22}", arn="verifiedpermissions::{account}:policy-store/{id}", PolicyStoreId="{id}", Arn="{arn}"
    ),
    "AWS::CertificateManager::Certificate": shape(
        made="{uuid}", arn="acm:{region}:{account}:certificate/{id}", ref="{arn}", CertificateArn="{arn}"
    ),
    "AWS::Logs::LogGroup": shape("LogGroupName", arn="logs:{region}:{account}:log-group:{id}:*"),
    "AWS::Logs::LogStream": shape("LogStreamName"),
    "AWS::CloudWatch::Alarm": shape("AlarmName", arn="cloudwatch:{region}:{account}:alarm:{id}"),
    "AWS::CloudWatch::CompositeAlarm": shape("AlarmName", arn="cloudwatch:{region}:{account}:alarm:{id}"),
    "AWS::AppConfig::Application": shape(made="{alnum:7}", ApplicationId="{id}"),
    "AWS::AppConfig::Environment": shape(made="{alnum:7}", EnvironmentId="{id}"),
    "AWS::AppConfig::ConfigurationProfile": shape(made="{alnum:7}", ConfigurationProfileId="{id}"),
}
