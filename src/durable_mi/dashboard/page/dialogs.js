// Dialogs: a question before what cannot be undone, and the keys.
import { button, el } from "./view/dom.js";

export function open(...children) {
  const dialog = el("dialog", { on: { close: () => dialog.remove() } }, ...children);
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Asks; gives whether the reader agreed. */
export function confirm(question, consequence, verb) {
  return new Promise((resolve) => {
    const dialog = open(
      el("h2", {}, question),
      el("p", { class: "hint" }, consequence),
      el(
        "div",
        { class: "buttons" },
        button("Cancel", () => dialog.close()),
        button(verb, () => dialog.close("yes"), { class: "danger" }),
      ),
    );
    dialog.setAttribute("aria-label", question);
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"));
  });
}

const KEYS = [
  ["/", "search executions"],
  ["j  k", "next, previous row (also the arrow keys)"],
  ["Enter", "open the focused item"],
  ["← →", "close, open a child context"],
  ["t", "timeline, or events and log"],
  ["z", "draw to scale, or shorten suspended time"],
  ["Esc", "close, or back to the list"],
  ["?", "show this list"],
];

export function showKeys() {
  if (document.querySelector("dialog[open]")) return;
  const dialog = open(
    el("h2", {}, "Keys"),
    el("dl", { class: "facts" }, ...KEYS.flatMap(([key, meaning]) => [el("dt", {}, el("kbd", {}, key)), el("dd", {}, meaning)])),
    el("div", { class: "buttons" }, button("Close", () => dialog.close())),
  );
  dialog.setAttribute("aria-label", "Keys");
}
