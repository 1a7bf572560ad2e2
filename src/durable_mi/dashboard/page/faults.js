// Faults on demand: what the next checkpoint, or the next start of an execution environment, shall meet.
import { armFault, readFaults } from "./api.js";
import { button, el, fill } from "./view/dom.js";
import { count } from "./view/format.js";

const EFFECTS = {
  "kill-worker": "kills the process that sends it",
  "kill-environment": "kills its whole execution environment",
  "drop-answer": "stores it, but loses the response",
  "repeat-checkpoint": "sends it twice",
  slow: "delays the response by two seconds",
  throttle: "rejects it with TooManyRequestsException",
  "fail-start": "fails the next start of an environment that replaces another",
};

export function mountFaults(container, { onFailure, say }) {
  async function arm(fault) {
    try {
      await armFault(fault);
      const target = fault === "fail-start" ? "replacement of an execution environment" : "checkpoint";
      say(`The next ${target} gets the fault ${fault}.`);
    } catch (error) {
      onFailure(error);
    }
  }

  const row = ([fault, injected]) =>
    el(
      "li",
      { class: "worker" },
      button(fault, () => arm(fault)),
      el("span", { class: "idle" }, EFFECTS[fault] ?? ""),
      el("span", { class: "hint" }, injected ? `met ${count(injected, "time")}` : ""),
    );

  return {
    async refresh() {
      const faults = await readFaults();
      fill(container, faults, () => [
        el("h2", {}, "Faults"),
        el("p", { class: "hint" }, "Select a fault for the next checkpoint of any execution, or for the next start. The execution still ends with the same result."),
        el("ul", {}, ...Object.entries(faults).map(row)),
      ]);
    },
  };
}
