// Puts questions to @cloud-copilot/iam-simulate: standard input has the questions, standard output gets a decision each.
// Argument: the directory whose node_modules hold the library.
const { createRequire } = require("node:module");
const { readFileSync } = require("node:fs");

const { runSimulation } = createRequire(process.argv[2] + "/package.json")("@cloud-copilot/iam-simulate");

async function decide({ principal, action, resource, account, identityPolicies, resourcePolicy, context }) {
  const simulation = {
    request: { principal, action, resource: { resource, accountId: account }, contextVariables: context },
    identityPolicies: identityPolicies.map((policy, index) => ({ name: `policy ${index}`, policy })),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    ...(resourcePolicy ? { resourcePolicy } : {}),
  };
  const answer = await runSimulation(simulation, {});
  return answer.resultType === "error" ? `error: ${JSON.stringify(answer.errors)}` : answer.overallResult;
}

Promise.all(JSON.parse(readFileSync(0, "utf8")).map(decide)).then((decisions) => console.log(JSON.stringify(decisions)));
