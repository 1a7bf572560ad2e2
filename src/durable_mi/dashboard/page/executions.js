// The list of executions: live, searched, filtered.
import { readExecutions } from "./api.js";
import { single } from "./news.js";
import { statusClass } from "./view/chart.js";
import { button, el, fill } from "./view/dom.js";
import { duration, recently, statusWord } from "./view/format.js";

const STATUSES = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "STOPPED", "PAUSING", "PAUSED"];
const PAGE = 100;

/** Where an execution's timeline is. */
export const hrefOf = (arn) => `#/executions/${encodeURIComponent(arn)}`;

/**
 * @param {Element} container where to draw
 * @param {URLSearchParams} query the filters: `text`, `function`, `status`
 * @param {{onQuery: (query: URLSearchParams) => void, onFailure: (error: Error) => void}} reports
 */
export function mountExecutions(container, query, { onQuery, onFailure }) {
  let limit = PAGE;
  let skew = 0;
  let isGone = false;
  const search = el("input", {
    type: "search", placeholder: "Search name or ARN", "aria-label": "Search name or ARN", value: query.get("text") ?? "",
    "aria-keyshortcuts": "/",
  });
  const functions = el("select", { "aria-label": "Function" }, el("option", { value: "" }, "all functions"));
  const chips = el("div", { class: "chips", role: "group", "aria-label": "Status" });
  const rows = el("tbody");
  const head = ["Status", "Execution", "Function", "At", "Started", "Took"];
  const wide = new Set(["Function", "At", "Started"]);
  const table = el(
    "table",
    { class: "list" },
    el("caption", { class: "sr" }, "Durable executions, newest first"),
    el("thead", {}, el("tr", {}, ...head.map((title) => el("th", { scope: "col", class: headClass(title) }, title)))),
    rows,
  );
  const empty = el("div", { class: "empty" });
  const more = button("Show more", () => { limit += PAGE; refresh(); }, { class: "more" });
  container.replaceChildren(
    el("h1", { class: "sr" }, "Durable executions"),
    el("div", { class: "filters", role: "search" }, search, functions, chips),
    table, empty, more,
  );

  function headClass(title) {
    return [wide.has(title) ? "wide" : "", title === "Took" ? "number" : "", title === "Execution" ? "name-cell" : ""].join(" ").trim();
  }

  const refresh = single(async () => {
    try {
      const asked = new URLSearchParams(query);
      asked.set("limit", String(limit));
      const answer = await readExecutions(asked);
      if (!isGone) draw(answer);
    } catch (error) {
      onFailure(error);
    }
  }, 250);

  function change() {
    const text = search.value.trim();
    text ? query.set("text", text) : query.delete("text");
    functions.value ? query.set("function", functions.value) : query.delete("function");
    onQuery(query);
    refresh();
  }
  search.addEventListener("input", change);
  functions.addEventListener("change", change);

  function draw(answer) {
    skew = answer.now - Date.now();
    drawFunctions(answer.functions);
    drawChips(answer.counts);
    const isEmpty = answer.executions.length === 0;
    table.hidden = isEmpty;
    empty.hidden = !isEmpty;
    more.hidden = answer.matching <= answer.executions.length;
    const known = new Map([...rows.children].map((row) => [row.dataset.arn, row]));
    const current = answer.executions.map((execution) => {
      const row = known.get(execution.arn) ?? newRow(execution);
      known.delete(execution.arn);
      fill(row, execution, () => cells(execution));
      return row;
    });
    for (const row of known.values()) row.remove();
    current.forEach((row, position) => {
      if (rows.children[position] !== row) rows.insertBefore(row, rows.children[position] ?? null);
    });
    if (isEmpty) drawEmpty(answer.functions);
    tick();
  }

  function drawFunctions(names) {
    fill(functions, names, () => [
      el("option", { value: "" }, "all functions"),
      ...names.map((name) => el("option", { value: name }, name)),
    ]);
    functions.value = query.get("function") ?? "";
    functions.hidden = names.length < 2;
  }

  function drawChips(counts) {
    const chosen = new Set(query.getAll("status"));
    const shown = STATUSES.filter((status) => counts[status] || chosen.has(status));
    fill(chips, [shown, counts, [...chosen]], () =>
      shown.map((status) =>
        button(
          [el("span", {}, statusWord(status)), el("span", { class: "number" }, String(counts[status] ?? 0))],
          () => toggle(status),
          { class: "chip", "aria-pressed": String(chosen.has(status)), "data-key": status },
        ),
      ),
    );
  }

  function toggle(status) {
    const chosen = new Set(query.getAll("status"));
    chosen.has(status) ? chosen.delete(status) : chosen.add(status);
    query.delete("status");
    for (const each of chosen) query.append("status", each);
    onQuery(query);
    refresh();
  }

  function newRow(execution) {
    const row = el("tr", { "data-arn": execution.arn });
    row.addEventListener("click", (event) => {
      if (!event.target.closest("a") && !getSelection().toString()) location.hash = hrefOf(execution.arn);
    });
    return row;
  }

  function cells(execution) {
    const qualified = `${execution.function}:${execution.version}`;
    return [
      el("td", { class: "status" }, el("span", { class: `dot ${statusClass(execution.status)}` }), el("span", { class: "word" }, statusWord(execution.status))),
      el("td", { class: "name-cell" }, el("a", { href: hrefOf(execution.arn) }, execution.name), el("span", { class: "under" }, `${qualified} · ${recently(execution.start)}`)),
      el("td", { class: "wide" }, qualified),
      el("td", { class: "wide at" }, execution.at ? execution.at.name : ""),
      el("td", { class: "wide" }, recently(execution.start)),
      el("td", { class: "number", "data-start": execution.start, "data-end": execution.end }),
    ];
  }

  function drawEmpty(names) {
    const isFiltered = [...query.keys()].length > 0;
    fill(empty, [isFiltered, names], () =>
      isFiltered
        ? [el("p", {}, "No executions match these filters."), button("Clear filters", () => { location.hash = "#/"; location.reload(); })]
        : [
            el("p", {}, "No executions yet. Start one, and it appears here:"),
            el("pre", { tabindex: "0" }, `durable-mi invoke ${names[0] ?? "FUNCTION"} --payload event.json --follow \\\n  --endpoint-url ${location.origin}`),
          ],
    );
  }

  function tick() {
    for (const cell of rows.querySelectorAll("[data-start]")) {
      const end = cell.dataset.end ? Number(cell.dataset.end) : Date.now() + skew;
      const text = duration(Math.floor((end - cell.dataset.start) / (cell.dataset.end ? 1 : 1000)) * (cell.dataset.end ? 1 : 1000));
      if (cell.textContent !== text) cell.textContent = text;
    }
  }
  const ticking = setInterval(() => !document.hidden && tick(), 1000);

  return {
    onNews: () => refresh(),
    onKey(event) {
      const links = [...rows.querySelectorAll("a")];
      const at = links.indexOf(document.activeElement);
      const steps = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };
      if (event.key === "/") search.focus();
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
