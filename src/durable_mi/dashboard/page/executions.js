// The list of executions: live, searched, filtered, chosen.
import { about } from "./about.js";
import { readExecutions } from "./api.js";
import { emptyList } from "./empty.js";
import { makeFilters } from "./filters.js";
import { single } from "./news.js";
import { cellsOf, hrefOf } from "./row.js";
import { makeSelection } from "./selection.js";
import { button, el, fill } from "./view/dom.js";
import { duration } from "./view/format.js";

const PAGE = 100;
const COLUMNS = [["choose", ""], ["status", "Status"], ["name-cell", "Execution"], ["wide function", "Function"], ["wide at", "At"], ["wide started", "Started"], ["number", "Took"]];

/**
 * @param {Element} container where to draw
 * @param {URLSearchParams} query the filters
 * @param {{onQuery: (query: URLSearchParams) => void, onFailure: (error: Error) => void}} reports
 */
export function mountExecutions(container, query, { onQuery, onFailure }) {
  let limit = PAGE;
  let skew = 0;
  let isGone = false;
  let canChange = false;
  let shown = [];
  about().then((found) => { canChange = found.canChange; }, onFailure);
  const now = () => Date.now() + skew;
  const filters = makeFilters(query, () => {
    onQuery(query);
    refresh();
  });
  const selection = makeSelection(() => filters.asked(now()), { onFailure, canChange: () => canChange, onChange: () => draw() });
  const every = el("input", { type: "checkbox", "aria-label": "Choose all that are shown", on: { change: () => selection.toggleAll(shown, every.checked) } });
  const choice = el("label", { class: "every" }, every, el("span", { class: "word", "aria-hidden": "true" }, "all"));
  const rows = el("tbody");
  const table = el(
    "table",
    { class: "list" },
    el("caption", { class: "sr" }, "Durable executions, newest first"),
    el("thead", {}, el("tr", {}, ...COLUMNS.map(([name, title]) => el(title ? "th" : "td", { scope: title ? "col" : null, class: name }, title || choice)))),
    rows,
  );
  const note = el("p", { class: "list-note", role: "status", hidden: true });
  const empty = el("div", { class: "empty", hidden: true });
  const more = button("Show more", () => { limit += PAGE; refresh(); }, { class: "more" });
  container.replaceChildren(el("h1", { class: "sr" }, "Durable executions"), filters.element, note, table, empty, more, selection.element);
  let answer = null;

  const refresh = single(async () => {
    try {
      const asked = filters.asked(now());
      asked.set("limit", String(limit));
      const found = await readExecutions(asked);
      if (isGone) return;
      answer = found;
      skew = answer.now - Date.now();
      selection.update(answer);
      draw();
    } catch (error) {
      onFailure(error);
    }
  }, 250);

  function draw() {
    if (!answer) return;
    shown = answer.executions;
    filters.draw(answer);
    note.textContent = answer.note;
    note.hidden = !answer.note;
    const isEmpty = shown.length === 0;
    table.hidden = isEmpty;
    empty.hidden = !isEmpty;
    more.hidden = answer.matching <= shown.length;
    const known = new Map([...rows.children].map((row) => [row.dataset.arn, row]));
    const current = shown.map((execution) => {
      const row = known.get(execution.arn) ?? newRow(execution.arn);
      known.delete(execution.arn);
      const isChosen = selection.has(execution.arn);
      fill(row, [execution, isChosen], () => cellsOf(execution, isChosen, (wanted) => selection.toggle(execution, wanted)));
      isChosen ? row.setAttribute("data-chosen", "") : row.removeAttribute("data-chosen");
      return row;
    });
    for (const row of known.values()) row.remove();
    current.forEach((row, position) => {
      if (rows.children[position] !== row) rows.insertBefore(row, rows.children[position] ?? null);
    });
    every.checked = !isEmpty && shown.every((each) => selection.has(each.arn));
    if (isEmpty) drawEmpty();
    tick();
  }

  function newRow(arn) {
    const row = el("tr", { "data-arn": arn });
    row.addEventListener("click", (event) => {
      if (!event.target.closest("a, .choose") && !getSelection().toString()) location.hash = hrefOf(arn);
    });
    return row;
  }

  async function drawEmpty() {
    const isFiltered = [...query.keys()].length > 0;
    try {
      const nodes = await emptyList(isFiltered, () => { location.hash = "#/"; });
      fill(empty, isFiltered, () => nodes);
    } catch (error) {
      onFailure(error);
    }
  }

  function tick() {
    for (const cell of rows.querySelectorAll("[data-start]")) {
      const end = cell.dataset.end ? Number(cell.dataset.end) : now();
      const step = cell.dataset.end ? 1 : 1000;
      const text = duration(Math.floor((end - cell.dataset.start) / step) * step);
      if (cell.textContent !== text) cell.textContent = text;
    }
  }
  const ticking = setInterval(() => !document.hidden && tick(), 1000);

  return {
    onNews: () => refresh(),
    onKey(event) {
      const links = [...rows.querySelectorAll("a")];
      const at = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
      const steps = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };
      if (event.key === "/") filters.focus();
      else if (event.key === "x" && at >= 0) selection.toggle(shown[at]);
      else if (event.key in steps) links[Math.min(Math.max(at + steps[event.key], 0), links.length - 1)]?.focus();
      else return false;
      return true;
    },
    destroy() {
      isGone = true;
      clearInterval(ticking);
    },
  };
}
