// The replay of an execution on the code as it is now: operation by operation, beside the line that asked for each.
import { openDialog } from "./dialogs.js";
import { button, el } from "./view/dom.js";

const KEYS = { ArrowLeft: -1, ArrowUp: -1, k: -1, ArrowRight: 1, ArrowDown: 1, j: 1 };

/**
 * Shows the verdict, and what was recorded beside what came, with the first difference marked. One operation is the
 * current one; its line of the code is beside it.
 */
export function showReplay(found) {
  const { text, operations, replays, resultDiffers } = found;
  const first = operations.findIndex(({ recorded, came }) => recorded !== came);
  const source = el("section", { class: "replay-source", "aria-label": "Source" });
  const position = el("p", { class: "hint", role: "status" });
  const rows = operations.map((operation, index) => row(operation, index === first, () => select(index)));
  const previous = button("Previous", () => move(-1), { "aria-keyshortcuts": "ArrowLeft k" });
  const next = button("Next", () => move(1), { "aria-keyshortcuts": "ArrowRight j" });
  let current = -1;

  function select(index) {
    rows[current]?.removeAttribute("aria-current");
    current = index;
    rows[current].setAttribute("aria-current", "step");
    rows[current].scrollIntoView({ block: "nearest" });
    position.textContent = `Operation ${current + 1} of ${operations.length}${current === first ? ", the first difference" : ""}`;
    // One that can be reached no more must not keep the keyboard.
    const atEnd = current === operations.length - 1;
    if (document.activeElement === previous && current === 0) next.focus();
    if (document.activeElement === next && atEnd) previous.focus();
    previous.disabled = current === 0;
    next.disabled = atEnd;
    showSource(source, placeOf(found, current, first), found.sources);
  }

  function move(by) {
    const index = current + by;
    if (index >= 0 && index < operations.length) select(index);
  }

  const head = el("tr", {}, el("th", { scope: "col" }, "recorded"), el("th", { scope: "col" }, "on my code"));
  const table = el("table", { class: "replay" }, el("thead", {}, head), el("tbody", {}, ...rows));
  const stepper = [
    el("div", { class: "replay-steps" }, previous, next, position),
    el("div", { class: "replay-panes" }, el("div", { class: "replay-list", tabindex: "0", role: "region", "aria-label": "Operations" }, table), source),
  ];
  const dialog = openDialog(
    "Replay",
    el("h2", {}, replays ? "It replays on my code" : "It does not replay on my code"),
    el("p", { class: "wrap" }, text),
    resultDiffers ? el("p", { class: "hint" }, "The code returns another result than recorded.") : null,
    ...(operations.length ? stepper : [source]),
    el("div", { class: "buttons" }, button("Close", () => dialog.close())),
  );
  dialog.classList.add("replays");
  dialog.addEventListener("keydown", (event) => {
    if (!(event.key in KEYS) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    move(KEYS[event.key]);
  });
  if (operations.length) {
    select(Math.max(first, 0));
    (next.disabled ? previous : next).focus();
  } else {
    showSource(source, found.file ? found : null, found.sources);
  }
}

function row({ recorded, came }, isFirst, onClick) {
  const attributes = isFirst ? { class: "first", "aria-label": "first difference" } : {};
  return el("tr", { ...attributes, on: { click: onClick } }, el("td", {}, recorded ?? "–"), el("td", {}, came ?? "–"));
}

/** What the code did not come to has no line; the verdict may have the one at which it went another way. */
function placeOf(found, index, first) {
  const operation = found.operations[index];
  if (operation.file) return operation;
  return index === first && found.file ? found : null;
}

function showSource(section, place, sources) {
  const shown = place && sources[`${place.file}:${place.line}`];
  if (!shown?.lines.length) {
    const reason = place ? `${place.file}:${place.line} cannot be shown.` : "No line of the code asks for this operation.";
    section.replaceChildren(el("p", { class: "hint wrap" }, reason));
    return;
  }
  const lines = shown.lines.map((line, index) => {
    const number = shown.first + index;
    const isCurrent = number === place.line;
    return el("li", isCurrent ? { class: "current", "aria-current": "location" } : {}, el("span", { class: "number" }, String(number)), el("code", {}, line));
  });
  const list = el("ol", { class: "replay-lines", tabindex: "0", role: "list", "aria-label": `Source around line ${place.line}` }, ...lines);
  section.replaceChildren(el("h3", { class: "wrap" }, `${place.file}:${place.line}`), list);
  // Only the list scrolls, not the dialog around it.
  const line = list.querySelector(".current");
  list.scrollTop = line.offsetTop - list.offsetTop - (list.clientHeight - line.offsetHeight) / 2;
}
