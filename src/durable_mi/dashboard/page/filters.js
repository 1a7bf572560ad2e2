// The filters above the list. They are part of the page's address.
import { button, el, fill } from "./view/dom.js";
import { statusWord } from "./view/format.js";

const STATUSES = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "STOPPED", "PAUSING", "PAUSED"];
const PERIODS = [["", "any time"], ["900", "last 15 minutes"], ["3600", "last hour"], ["86400", "last 24 hours"], ["604800", "last 7 days"], ["custom", "from … to …"]];
const TEXTS = ["text", "version", "error"];

/**
 * @param {URLSearchParams} query `text`, `function`, `version`, `error`, `status`, `last` (seconds), `since`, `until` (epoch)
 * @param {() => void} onChange called when the query was changed
 */
export function makeFilters(query, onChange) {
  const box = (name, label, width) =>
    el("input", { type: name === "text" ? "search" : "text", class: width, placeholder: label, "aria-label": label, value: query.get(name) ?? "", "data-name": name });
  const search = box("text", "Search name or ARN", "long");
  search.setAttribute("aria-keyshortcuts", "/");
  const texts = [search, box("version", "Version", "short"), box("error", "Failing step or error", "middle")];
  const functions = el("select", { "aria-label": "Function" }, el("option", { value: "" }, "all functions"));
  const period = el("select", { "aria-label": "Started" }, ...PERIODS.map(([value, label]) => el("option", { value }, label)));
  const since = el("input", { type: "datetime-local", "aria-label": "Started after" });
  const until = el("input", { type: "datetime-local", "aria-label": "Started before" });
  const custom = el("span", { class: "custom", hidden: true }, since, "to", until);
  const chips = el("div", { class: "chips", role: "group", "aria-label": "Status" });
  const more = el("div", { class: "more-filters" }, functions, texts[1], period, custom, texts[2]);
  const opener = button("Filters", () => {
    more.toggleAttribute("data-open");
    opener.setAttribute("aria-expanded", String(more.hasAttribute("data-open")));
  }, { class: "opener", "aria-expanded": "false" });
  const element = el("div", { class: "filters", role: "search" }, search, opener, more, chips);

  const isCustom = () => query.has("since") || query.has("until");
  period.value = isCustom() ? "custom" : query.get("last") ?? "";
  custom.hidden = !isCustom();
  since.value = localText(query.get("since"));
  until.value = localText(query.get("until"));

  const set = (name, value) => (value ? query.set(name, value) : query.delete(name));
  function change() {
    for (const each of texts) set(each.dataset.name, each.value.trim());
    set("function", functions.value);
    custom.hidden = period.value !== "custom";
    set("last", custom.hidden ? period.value : "");
    set("since", custom.hidden ? "" : epochText(since.value));
    set("until", custom.hidden ? "" : epochText(until.value));
    onChange();
  }
  for (const each of [...texts, since, until]) each.addEventListener("input", change);
  functions.addEventListener("change", change);
  period.addEventListener("change", change);

  function toggle(status) {
    const chosen = new Set(query.getAll("status"));
    chosen.has(status) ? chosen.delete(status) : chosen.add(status);
    query.delete("status");
    for (const each of chosen) query.append("status", each);
    onChange();
  }

  return {
    element,
    focus: () => search.focus(),
    /** What the server is asked: a period that ends now becomes a moment. */
    asked(now) {
      const asked = new URLSearchParams(query);
      const last = Number(asked.get("last"));
      asked.delete("last");
      if (last) asked.set("since", String(Math.round(now - last * 1000)));
      return asked;
    },
    draw({ functions: names, counts }) {
      fill(functions, names, () => [el("option", { value: "" }, "all functions"), ...names.map((name) => el("option", { value: name }, name))]);
      functions.value = query.get("function") ?? "";
      functions.hidden = names.length < 2;
      const chosen = new Set(query.getAll("status"));
      const shown = STATUSES.filter((status) => counts[status] || chosen.has(status));
      fill(chips, [shown, counts, [...chosen]], () =>
        shown.map((status) =>
          button(
            [el("span", {}, statusWord(status)), " ", el("span", { class: "number" }, (counts[status] ?? 0).toLocaleString())],
            () => toggle(status),
            { class: "chip", "aria-pressed": String(chosen.has(status)), "data-key": status },
          ),
        ),
      );
    },
  };
}

function localText(epoch) {
  if (!epoch) return "";
  const date = new Date(Number(epoch));
  return new Date(date - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function epochText(local) {
  const epoch = local ? new Date(local).getTime() : NaN;
  return Number.isNaN(epoch) ? "" : String(epoch);
}
