// Calls the local runtime with the AWS SDK for JavaScript, and prints what it answers as one JSON object.
const { LambdaClient, InvokeCommand, GetFunctionCommand, GetDurableExecutionCommand } = require("@aws-sdk/client-lambda");
const { CloudWatchLogsClient, DescribeLogGroupsCommand, FilterLogEventsCommand } = require("@aws-sdk/client-cloudwatch-logs");
const { CloudFormationClient, DescribeStacksCommand, ListStackResourcesCommand } = require("@aws-sdk/client-cloudformation");

async function refusal(call) {
  try {
    return await call;
  } catch (error) {
    return error.name;
  }
}

async function main(functionName, logGroup, stack) {
  const [lambda, logs, stacks] = [new LambdaClient({}), new CloudWatchLogsClient({}), new CloudFormationClient({})];
  const payload = JSON.stringify({ wait: 1, log: true, n: 7 });
  const answer = await lambda.send(
    new InvokeCommand({ FunctionName: functionName, Qualifier: "live", Payload: payload }),
  );
  const arn = answer.DurableExecutionArn;
  const pattern = `{ $.message = "probe line" && $.executionArn = "${arn}" }`;
  return {
    result: JSON.parse(Buffer.from(answer.Payload).toString()).n,
    status: (await lambda.send(new GetDurableExecutionCommand({ DurableExecutionArn: arn }))).Status,
    state: (await lambda.send(new GetFunctionCommand({ FunctionName: functionName }))).Configuration.State,
    groups: (await logs.send(new DescribeLogGroupsCommand({ logGroupNamePattern: "durable" }))).logGroups.length,
    lines: (await logs.send(new FilterLogEventsCommand({ logGroupName: logGroup, filterPattern: pattern }))).events.length,
    outputs: (await stacks.send(new DescribeStacksCommand({ StackName: stack }))).Stacks[0].Outputs,
    types: (await stacks.send(new ListStackResourcesCommand({ StackName: stack }))).StackResourceSummaries.length,
    refused: [
      await refusal(lambda.send(new GetFunctionCommand({ FunctionName: "nobody" }))),
      await refusal(logs.send(new FilterLogEventsCommand({ logGroupName: logGroup, filterPattern: "a-b" }))),
      await refusal(stacks.send(new DescribeStacksCommand({ StackName: "nothing" }))),
    ],
  };
}

main(...process.argv.slice(2)).then((told) => console.log(JSON.stringify(told)));
