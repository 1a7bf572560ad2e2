// What the page asks: its own questions, and the Lambda API for everything that changes something.

export class Refusal extends Error {}

async function send(method, path, { body, headers } = {}) {
  let response;
  try {
    response = await fetch(path, { method, body, headers });
  } catch {
    throw new Refusal("The server of this page does not respond. Is it still running?");
  }
  if (!response.ok) {
    const said = await response.json().catch(() => ({}));
    throw new Refusal(said.Message ?? said.message ?? `${method} ${path} returned HTTP status ${response.status}`);
  }
  return response;
}

const json = async (path) => (await send("GET", path)).json();
const execution = (arn) => `/2025-12-01/durable-executions/${encodeURIComponent(arn)}`;
const callback = (id) => `/2025-12-01/durable-execution-callbacks/${encodeURIComponent(id)}`;

export const readAbout = () => json("/page/api/about");
export const readExecutions = (query) => json(`/page/api/executions?${query}`);
export const readTimeline = (arn) => json(`/page/api/executions/${encodeURIComponent(arn)}`);
export const readWhy = (arn) => json(`/page/api/why/${encodeURIComponent(arn)}`);
export const readInput = async (arn) => (await json(execution(arn))).InputPayload ?? "{}";
export const readWorkers = () => json("/page/api/workers");
export const readFaults = () => json("/durable-mi/faults");
export const armFault = (fault) => send("POST", "/durable-mi/faults", { body: JSON.stringify({ fault }) });
export const replay = async (arn) => (await send("POST", `/page/api/replay/${encodeURIComponent(arn)}`)).json();
export const kill = (pid) => send("POST", `/page/api/workers/${pid}/kill`);
export const succeed = (id, payload) => send("POST", `${callback(id)}/succeed`, { body: payload });
export const fail = (id, error) => send("POST", `${callback(id)}/fail`, { body: JSON.stringify(error) });

export const heartbeat = (id) => send("POST", `${callback(id)}/heartbeat`, { body: "{}" });
export const pause = (arn) => send("POST", `${execution(arn)}/pause`, { body: "{}" });
export const resume = (arn) => send("POST", `${execution(arn)}/resume`, { body: "{}" });
export const remove = (arn) => send("DELETE", execution(arn));
export const readVersions = () => json("/page/api/versions");
export const changeVersion = (change) => send("POST", "/page/api/versions", { body: JSON.stringify(change) });

export function stop(arn) {
  const error = { ErrorType: "Stopped", ErrorMessage: "stopped on the page of durable-mi" };
  return send("POST", `${execution(arn)}/stop`, { body: JSON.stringify(error) });
}

/** Starts an execution and gives its ARN. The service makes up a name where none is given. */
export async function start(functionName, qualifier, payload, name = "") {
  const path = `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations?Qualifier=${encodeURIComponent(qualifier)}`;
  const headers = { "X-Amz-Invocation-Type": "Event", ...(name ? { "X-Amz-Durable-Execution-Name": name } : {}) };
  const answer = await send("POST", path, { body: payload, headers });
  return answer.headers.get("X-Amz-Durable-Execution-Arn");
}
