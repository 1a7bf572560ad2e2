"""Functions, containers, batches, APIs and models."""

from __future__ import annotations

from typing import Final

from durable_mi.cloudformation.attributes.shape import shape

__all__ = ["SHAPES"]

SHAPES: Final = {
    "AWS::Lambda::Function": shape("FunctionName", arn="lambda:{region}:{account}:function:{id}"),
    "AWS::Lambda::Version": shape(ref="{function}:{version}", FunctionArn="{function}:{version}", Version="{version}"),
    "AWS::Lambda::Alias": shape(ref="{function}:{property:Name}", AliasArn="{function}:{property:Name}"),
    "AWS::Lambda::CapacityProvider": shape(
        "CapacityProviderName", arn="lambda:{region}:{account}:capacity-provider:{id}", Arn="{arn}", State="Active"
    ),
    "AWS::Lambda::LayerVersion": shape(
        "LayerName", arn="lambda:{region}:{account}:layer:{id}:1", ref="{arn}", LayerVersionArn="{arn}"
    ),
    "AWS::Lambda::Url": shape(
        ref="{property:TargetFunctionArn}",
        FunctionArn="{property:TargetFunctionArn}",
        FunctionUrl="https://{alnum:32}.lambda-url.{region}.on.aws/",
    ),
    "AWS::Lambda::EventSourceMapping": shape(
        made="{uuid}",
        arn="lambda:{region}:{account}:event-source-mapping:{id}",
        Id="{id}",
        EventSourceMappingArn="{arn}",
    ),
    "AWS::ECS::Cluster": shape("ClusterName", arn="ecs:{region}:{account}:cluster/{id}"),
    "AWS::ECS::TaskDefinition": shape(
        "Family", arn="ecs:{region}:{account}:task-definition/{id}:1", ref="{arn}", TaskDefinitionArn="{arn}"
    ),
    "AWS::ECS::Service": shape(
        "ServiceName",
        arn="ecs:{region}:{account}:service/{segment:Cluster:default}/{id}",
        ref="{arn}",
        ServiceArn="{arn}",
        Name="{id}",
    ),
    "AWS::ECR::Repository": shape(
        "RepositoryName",
        made="{stack:lower}-{logical_id:lower}",
        arn="ecr:{region}:{account}:repository/{id}",
        Arn="{arn}",
        RepositoryUri="{account}.dkr.ecr.{region}.{suffix}/{id}",
    ),
    "AWS::EKS::Cluster": shape(
        "Name",
        arn="eks:{region}:{account}:cluster/{id}",
        Arn="{arn}",
        Endpoint="https://{hex:32:upper}.gr7.{region}.eks.{suffix}",
        Id="{uuid}",
        OpenIdConnectIssuerUrl="https://oidc.eks.{region}.{suffix}/id/{hex:32:upper}",
        ClusterSecurityGroupId="sg-{hex:17}",
    ),
    "AWS::Batch::JobQueue": shape(
        "JobQueueName", arn="batch:{region}:{account}:job-queue/{id}", ref="{arn}", JobQueueArn="{arn}"
    ),
    "AWS::Batch::JobDefinition": shape(
        "JobDefinitionName",
        arn="batch:{region}:{account}:job-definition/{id}:1",
        ref="{arn}",
        JobDefinitionArn="{arn}",
    ),
    "AWS::Batch::ComputeEnvironment": shape(
        "ComputeEnvironmentName",
        arn="batch:{region}:{account}:compute-environment/{id}",
        ref="{arn}",
        ComputeEnvironmentArn="{arn}",
    ),
    "AWS::CodeBuild::Project": shape("Name", arn="codebuild:{region}:{account}:project/{id}", Arn="{arn}", Id="{id}"),
    "AWS::CodePipeline::Pipeline": shape("Name", arn="codepipeline:{region}:{account}:{id}", Arn="{arn}", Version="1"),
    "AWS::EMRServerless::Application": shape(
        made="{alnum:16}", arn="emr-serverless:{region}:{account}:/applications/{id}", Arn="{arn}", ApplicationId="{id}"
    ),
    "AWS::ApiGateway::RestApi": shape(made="{alnum:10}", RestApiId="{id}", RootResourceId="{alnum:9}"),
    "AWS::ApiGateway::Stage": shape("StageName"),
    "AWS::ApiGateway::ApiKey": shape(made="{alnum:10}", APIKeyId="{id}"),
    "AWS::ApiGatewayV2::Api": shape(
        made="{alnum:10}",
        ApiId="{id}",
        ApiEndpoint="{scheme}://{id}.execute-api.{region}.{suffix}",
        ExecuteApiArn="arn:{partition}:execute-api:{region}:{account}:{id}",
    ),
    "AWS::ApiGatewayV2::Stage": shape("StageName"),
    "AWS::AppSync::GraphQLApi": shape(
        made="{alnum:26}",
        arn="appsync:{region}:{account}:apis/{id}",
        ref="{arn}",
        ApiId="{id}",
        Arn="{arn}",
        GraphQLDns="{alnum:27}.appsync-api.{region}.{suffix}",
        GraphQLUrl="https://{alnum:27}.appsync-api.{region}.{suffix}/graphql",
        GraphQLEndpointArn="arn:{partition}:appsync:{region}:{account}:endpoints/graphql-api/{alnum:27}",
        RealtimeDns="{alnum:27}.appsync-realtime-api.{region}.{suffix}",
        RealtimeUrl="wss://{alnum:27}.appsync-realtime-api.{region}.{suffix}/graphql",
    ),
    "AWS::AppSync::ApiKey": shape(
        made="da2-{alnum:26}",
        arn="appsync:{region}:{account}:apis/{property:ApiId}/apikeys/{id}",
        ref="{arn}",
        ApiKey="{id}",
        ApiKeyId="{id}",
        Arn="{arn}",
    ),
    "AWS::Bedrock::Agent": shape(
        made="{alnum:10:upper}", arn="bedrock:{region}:{account}:agent/{id}", AgentId="{id}", AgentArn="{arn}"
    ),
    "AWS::Bedrock::AgentAlias": shape(
        made="{alnum:10:upper}",
        arn="bedrock:{region}:{account}:agent-alias/{property:AgentId}/{id}",
        ref="{property:AgentId}|{id}",
        AgentAliasId="{id}",
        AgentAliasArn="{arn}",
    ),
    "AWS::Bedrock::KnowledgeBase": shape(
        made="{alnum:10:upper}",
        arn="bedrock:{region}:{account}:knowledge-base/{id}",
        KnowledgeBaseId="{id}",
        KnowledgeBaseArn="{arn}",
    ),
    "AWS::Bedrock::Guardrail": shape(
        made="{alnum:12}",
        arn="bedrock:{region}:{account}:guardrail/{id}",
        ref="{arn}",
        GuardrailId="{id}",
        GuardrailArn="{arn}",
        Version="DRAFT",
    ),
    "AWS::SageMaker::Endpoint": shape(
        "EndpointName",
        arn="sagemaker:{region}:{account}:endpoint/{id:lower}",
        ref="{arn}",
        EndpointArn="{arn}",
        EndpointName="{id}",
    ),
    "AWS::CloudFormation::Stack": shape(
        arn="cloudformation:{region}:{account}:stack/{id}/{uuid}", ref="{arn}", StackId="{arn}"
    ),
}
