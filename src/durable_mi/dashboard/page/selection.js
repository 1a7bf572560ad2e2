// The chosen executions, and the bar with what can be done to them.
import { readExecutions } from "./api.js";
import { changeMany } from "./bulk.js";
import { CHANGES } from "./changes.js";
import { button, el, fill } from "./view/dom.js";
import { count } from "./view/format.js";

const MOST = 5000;
const SHOWN = ["stop", "pause", "resume", "succeed", "fail", "heartbeat", "remove"];

/**
 * @param {() => URLSearchParams} query what the list shows
 * @param {{onFailure: (error: Error) => void, canChange: () => boolean, onChange: () => void}} reports
 */
export function makeSelection(query, { onFailure, canChange, onChange }) {
  const chosen = new Map();
  const element = el("div", { class: "selection", role: "region", "aria-label": "Chosen executions", hidden: true });
  let matching = 0;

  async function all() {
    try {
      const asked = query();
      asked.set("limit", String(MOST));
      for (const row of (await readExecutions(asked)).executions) chosen.set(row.arn, row);
      changed();
    } catch (error) {
      onFailure(error);
    }
  }

  async function apply(kind) {
    if (await changeMany(kind, [...chosen.values()])) clear();
  }

  function clear() {
    chosen.clear();
    changed();
  }

  function changed() {
    draw();
    onChange();
  }

  function draw() {
    element.hidden = !chosen.size;
    const rows = [...chosen.values()];
    const fitting = canChange() ? SHOWN.filter((kind) => rows.some((row) => CHANGES[kind].applies(row.status))) : [];
    fill(element, [chosen.size, matching, fitting, chosen.size === 2 && rows.map((row) => row.arn)], () => [
      el("strong", {}, `${chosen.size.toLocaleString()} chosen`),
      chosen.size < Math.min(matching, MOST) ? button(`Choose all ${Math.min(matching, MOST).toLocaleString()} that match`, all, { class: "quiet" }) : null,
      ...fitting.map((kind) => button(`${CHANGES[kind].verb}…`, () => apply(kind), { class: kind === "stop" || kind === "remove" ? "danger" : "" })),
      chosen.size === 2
        ? el("a", { class: "button", href: `#/compare/${rows.map((row) => encodeURIComponent(row.arn)).join("/")}` }, "Compare")
        : null,
      button("Clear", clear, { class: "quiet", "aria-label": `Clear the choice of ${count(chosen.size, "execution")}` }),
    ]);
  }

  return {
    element,
    has: (arn) => chosen.has(arn),
    toggle(row, isChosen = !chosen.has(row.arn)) {
      this.toggleAll([row], isChosen);
    },
    toggleAll(some, isChosen) {
      for (const row of some) isChosen ? chosen.set(row.arn, row) : chosen.delete(row.arn);
      changed();
    },
    /** Statuses change while rows stay chosen. */
    update(answer) {
      matching = answer.matching;
      for (const row of answer.executions) if (chosen.has(row.arn)) chosen.set(row.arn, row);
      draw();
    },
  };
}
