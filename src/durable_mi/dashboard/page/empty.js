// What a list without executions leads to: the form, and the command.
import { about } from "./about.js";
import { quoted } from "./commands.js";
import { button, el } from "./view/dom.js";

export async function emptyList(isFiltered, onReset) {
  if (isFiltered) return [el("p", {}, "No executions match the filters."), button("Clear the filters", onReset)];
  const { canChange, cliOptions, functions } = await about();
  const [first] = functions;
  if (!first) return [el("p", {}, "There is no durable function here.")];
  const target = `${first.name}:${first.qualifiers[0] ?? "$LATEST"}`;
  return [
    el("h2", {}, "No executions yet"),
    el("p", {}, canChange ? "Start one here, or on a command line:" : "Start one on a command line:"),
    canChange ? button("Start an execution…", () => document.querySelector(".begin").click(), { class: "primary" }) : null,
    el("pre", { tabindex: "0" }, `durable-mi invoke ${quoted(target)} --payload '{}' --follow ${cliOptions}`.trim()),
  ];
}
