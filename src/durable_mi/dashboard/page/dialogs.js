// Dialogs: a question before what cannot be undone, progress, and the keys.
import { button, el } from "./view/dom.js";

export function openDialog(label, ...children) {
  const dialog = el("dialog", { "aria-label": label, on: { close: () => dialog.remove() } }, ...children);
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Asks; gives whether the reader agreed. `details` are nodes below the consequence, such as a sample. */
export function confirm(question, consequence, verb, ...details) {
  return new Promise((resolve) => {
    const dialog = openDialog(
      question,
      el("h2", {}, question),
      el("p", { class: "hint" }, consequence),
      ...details,
      el(
        "div",
        { class: "buttons" },
        button("Cancel", () => dialog.close()),
        button(verb, () => dialog.close("yes"), { class: "danger" }),
      ),
    );
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"));
  });
}

const KEYS = [
  ["/", "search executions, or find an operation"],
  ["n", "start an execution"],
  ["g", "go to the list of executions"],
  ["j  k", "next, previous row (also the arrow keys)"],
  ["x", "choose the focused execution"],
  ["Enter", "open the focused item"],
  ["← →", "close, open a child context"],
  ["f", "show failed operations only"],
  ["t", "timeline, or events and log"],
  ["z", "draw to scale, or shorten suspended time"],
  ["Esc", "close, or back to the list"],
  ["?", "show this list"],
];

export function showKeys() {
  if (document.querySelector("dialog[open]")) return;
  const dialog = openDialog(
    "Keys",
    el("h2", {}, "Keys"),
    el("dl", { class: "facts" }, ...KEYS.flatMap(([key, meaning]) => [el("dt", {}, el("kbd", {}, key)), el("dd", {}, meaning)])),
    el("div", { class: "buttons" }, button("Close", () => dialog.close())),
  );
}
