// What the bars mean.
import { el } from "./dom.js";

const MARKS = [
  ["bar step is-succeeded", "succeeded"],
  ["bar step is-running", "running"],
  ["bar step is-failed", "failed"],
  ["bar wait", "wait"],
  ["bar callback", "callback"],
  ["bar chainedinvoke is-running", "chained invoke"],
  ["bar context", "child context"],
  ["bar queued", "queued for a worker"],
  ["bar pause", "between attempts"],
];

export const legend = () =>
  el(
    "details",
    { class: "legend" },
    el("summary", {}, "Legend"),
    el("ul", {}, ...MARKS.map(([name, meaning]) => el("li", {}, el("span", { class: "mark", "aria-hidden": "true" }, el("span", { class: name })), meaning))),
  );
