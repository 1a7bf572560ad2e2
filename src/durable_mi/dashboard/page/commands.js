// The same on a command line: the AWS CLI's and durable-mi's commands for one execution.
import { about } from "./about.js";
import { openDialog } from "./dialogs.js";
import { button, copyButton, el } from "./view/dom.js";
import { operationsOf } from "./view/operations.js";

/** A word that a POSIX shell takes as it is. */
export const quoted = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

export async function showCommands(doc) {
  const { cliOptions } = await about();
  const options = cliOptions ? ` ${cliOptions}` : "";
  const arn = quoted(doc.arn);
  const lambda = (call, rest) => `aws lambda ${call} ${rest}${options}`;
  const open = doc.hasEnded ? [] : operationsOf(doc).spans.filter((span) => span.callbackId && span.callbackOpen !== false && span.end === null);
  const commands = [
    ["Its state", lambda("get-durable-execution", `--durable-execution-arn ${arn}`)],
    ["Its history", lambda("get-durable-execution-history", `--durable-execution-arn ${arn} --include-execution-data`)],
    ["Its timeline", `durable-mi timeline ${arn}${options}`],
    ...open.map((span) => [
      `Complete callback ${span.name}`,
      lambda("send-durable-execution-callback-success", `--callback-id ${quoted(span.callbackId)} --result '{}' --cli-binary-format raw-in-base64-out`),
    ]),
    ...(doc.hasEnded ? [] : [["Stop it", lambda("stop-durable-execution", `--durable-execution-arn ${arn}`)]]),
  ];
  const dialog = openDialog(
    "Copy as AWS CLI",
    el("h2", {}, "Copy as AWS CLI"),
    ...commands.map(([title, command]) => el("section", { class: "block" }, el("h3", {}, title, " ", copyButton(command)), el("pre", { tabindex: "0" }, command))),
    el("div", { class: "buttons" }, button("Close", () => dialog.close())),
  );
  dialog.classList.add("wide-dialog");
}
