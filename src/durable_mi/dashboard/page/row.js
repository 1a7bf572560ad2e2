// One execution as a row of the list.
import { statusClass } from "./view/chart.js";
import { el } from "./view/dom.js";
import { clock, recently, statusWord } from "./view/format.js";

/** Where an execution's timeline is. */
export const hrefOf = (arn) => `#/executions/${encodeURIComponent(arn)}`;

/** What an execution is at, or where and why it failed, in one line. */
export function placeOf({ at, failure }) {
  if (failure) return { text: failure.operation || failure.error, detail: failure.operation ? failure.error : "", isFailure: true };
  if (!at) return { text: "", detail: "", isFailure: false };
  return { text: at.name, detail: at.due ? `until ${recently(at.due)}` : at.kind === "CALLBACK" ? "callback" : "", isFailure: false };
}

export function cellsOf(execution, isChosen, onChoose) {
  const qualified = `${execution.function}:${execution.version}`;
  const { text, detail, isFailure } = placeOf(execution);
  const word = statusWord(execution.status);
  const choose = el("input", {
    type: "checkbox", checked: isChosen, "aria-label": `Choose ${execution.name}`,
    on: { change: (event) => onChoose(event.target.checked) },
  });
  const place = [el("span", {}, text), detail ? el("span", { class: "detail" }, text ? ` ${detail}` : detail) : null];
  return [
    el("td", { class: "choose" }, choose),
    el("td", { class: "status" }, el("span", { class: `dot ${statusClass(execution.status)}` }), el("span", { class: "word" }, word)),
    el(
      "td",
      { class: "name-cell" },
      el("a", { href: hrefOf(execution.arn), title: execution.name }, execution.name),
      el("span", { class: "under" }, el("span", { class: `word ${statusClass(execution.status)}` }, word), ` · ${qualified} · ${recently(execution.start)}`),
      text || detail ? el("span", { class: `under place-line ${isFailure ? "is-bad" : ""}` }, ...place.map((each) => each?.cloneNode(true))) : null,
    ),
    el("td", { class: "wide", title: qualified }, qualified),
    el("td", { class: `wide at ${isFailure ? "is-bad" : ""}`, title: [text, detail].filter(Boolean).join(" ") }, ...place),
    el("td", { class: "wide", title: clock(execution.start) }, recently(execution.start)),
    el("td", { class: "number", "data-start": execution.start, "data-end": execution.end }),
  ];
}
