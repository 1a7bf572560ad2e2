// One change to many executions: first the count and a sample, then one after the other, and what came of it.
import { CHANGES } from "./changes.js";
import { openDialog } from "./dialogs.js";
import { button, el } from "./view/dom.js";
import { count, statusWord } from "./view/format.js";

const SAMPLE = 5;
const AT_ONCE = 4;

/**
 * @param {string} kind a key of CHANGES
 * @param {Object[]} rows the chosen executions: {arn, name, status}
 * @returns {Promise<boolean>} whether the change was begun
 */
export function changeMany(kind, rows) {
  const { verb, means, applies, asks } = CHANGES[kind];
  const fitting = rows.filter((row) => applies(row.status));
  const others = rows.length - fitting.length;
  const title = `${verb}: ${count(fitting.length, "execution")}`;
  const sample = fitting.slice(0, SAMPLE).map((row) =>
    el("li", {}, el("span", {}, row.name), el("span", { class: "hint" }, ` ${row.function}:${row.version}, ${statusWord(row.status)}`)),
  );
  const rest = fitting.length - sample.length;
  const input = asks ? el("textarea", { rows: "3", spellcheck: "false", "aria-label": asks === "payload" ? "Payload" : "Error (JSON)" }) : null;
  if (input) input.value = asks === "payload" ? '{"approved": true}' : '{"ErrorType": "Rejected", "ErrorMessage": ""}';
  const problem = el("p", { class: "problem", role: "alert" });
  return new Promise((resolve) => {
    let begun = false;
    const go = () => {
      let answer = input?.value;
      try {
        if (asks === "error") answer = JSON.parse(answer);
      } catch (error) {
        problem.textContent = `The error must be JSON: ${error.message}`;
        return;
      }
      begun = true;
      dialog.close();
      runMany(kind, fitting, answer).then(() => resolve(true));
    };
    const dialog = openDialog(
      title,
      el("h2", {}, title),
      el("p", { class: "hint" }, means),
      el("ul", { class: "sample" }, ...sample, rest > 0 ? el("li", { class: "hint" }, `and ${rest} more`) : null),
      others ? el("p", { class: "hint" }, `${count(others, "chosen execution")} left out: the status does not allow it.`) : null,
      input,
      problem,
      el(
        "div",
        { class: "buttons" },
        button("Cancel", () => dialog.close()),
        fitting.length ? button(`${verb} ${fitting.length}`, go, { class: "danger" }) : null,
      ),
    );
    dialog.addEventListener("close", () => begun || resolve(false));
  });
}

async function runMany(kind, rows, answer) {
  const { run, done, verb } = CHANGES[kind];
  const failures = [];
  let finished = 0;
  let isStopped = false;
  const said = el("p", { role: "status" });
  const bar = el("progress", { max: String(rows.length), value: "0", "aria-label": "Progress" });
  const list = el("ul", { class: "sample" });
  const end = button("Break off", () => { isStopped = true; dialog.close(); });
  const dialog = openDialog(verb, el("h2", {}, verb), said, bar, list, el("div", { class: "buttons" }, end));
  dialog.addEventListener("close", () => { isStopped = true; });
  const closed = new Promise((resolve) => dialog.addEventListener("close", resolve));
  const show = () => {
    bar.value = finished;
    said.textContent = `${done}: ${finished - failures.length} of ${rows.length}${failures.length ? `, failed: ${failures.length}` : ""}`;
  };
  show();
  const left = [...rows];
  const work = async () => {
    while (left.length && !isStopped) {
      const row = left.shift();
      try {
        await run(row.arn, answer);
      } catch (error) {
        failures.push(row);
        if (failures.length <= SAMPLE) list.append(el("li", { class: "problem" }, `${row.name}: ${error.message}`));
      }
      finished += 1;
      show();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (!dialog.open) return;
  end.textContent = "Close";
  end.focus();
  await closed;
}
