// Log lines that are not the workflow's own: what the AWS SDK says below a warning, and what the durable SDK says.
import { el } from "./dom.js";
import { count } from "./format.js";

const CHATTER = /^(botocore|boto3|urllib3|s3transfer|awslambdaric)(\.|$)/;
const DURABLE = /^(aws_durable_execution_sdk_python|durable_mi)(\.|$)/;
const LOUD = /^(warn|error|crit|fatal)/i;

/** What a line is: `own`, `sdk` for the durable SDK's, `chatter` for the AWS SDK's. Warnings and errors are always own. */
export function kindOfLine({ logger, level, message }) {
  if (level && LOUD.test(level)) return "own";
  if (logger && CHATTER.test(logger)) return "chatter";
  if ((logger && DURABLE.test(logger)) || /^\{"time":.*"type":"platform\./.test(message)) return "sdk";
  return "own";
}

/** The lines in their order, with the durable SDK's folded where they are, and without the AWS SDK's. */
export function foldedLines(entries, draw) {
  const nodes = [];
  let run = [];
  const close = () => {
    if (run.length) nodes.push(el("li", { class: "folded" }, el("details", {}, el("summary", {}, count(run.length, "line") + " of the SDK"), el("ol", {}, ...run.map((each) => el("li", {}, ...draw(each)))))));
    run = [];
  };
  for (const entry of entries) {
    const kind = kindOfLine(entry);
    if (kind === "sdk") run.push(entry);
    if (kind !== "own") continue;
    close();
    nodes.push(el("li", {}, ...draw(entry)));
  }
  close();
  return nodes;
}
