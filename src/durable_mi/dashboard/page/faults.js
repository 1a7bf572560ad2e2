// Faults on demand: what the next checkpoint, or the next start of an execution environment, shall meet.
import { armFault, readFaults } from "./api.js";
import { button, el, fill } from "./view/dom.js";
import { count } from "./view/format.js";

const EFFECTS = {
  "kill-worker": "the process that sends it is killed",
  "kill-environment": "its whole execution environment is killed",
  "drop-answer": "it is kept, and its answer is lost",
  "repeat-checkpoint": "it arrives twice",
  slow: "it takes two seconds longer",
  throttle: "it is refused with TooManyRequestsException",
  "fail-start": "the next environment that replaces another fails to start",
};

export function mountFaults(container, { onFailure, say }) {
  async function arm(fault) {
    try {
      await armFault(fault);
      const victim = fault === "fail-start" ? "replacement of an execution environment" : "checkpoint";
      say(`Armed: the next ${victim} meets ${fault}.`);
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
        el("p", { class: "hint" }, "Choose what the next checkpoint of any execution meets, or the next start. It ends with the same result."),
        el("ul", {}, ...Object.entries(faults).map(row)),
      ]);
    },
  };
}
