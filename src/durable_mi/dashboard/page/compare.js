// Two executions, one above the other: what differs, and on one axis how long each operation took.
import { readTimeline } from "./api.js";
import { single } from "./news.js";
import { hrefOf } from "./row.js";
import { statusClass } from "./view/chart.js";
import { el, fill } from "./view/dom.js";
import { duration, kindOf, moment, statusWord } from "./view/format.js";
import { operationsOf } from "./view/operations.js";

export function mountCompare(container, arns, { onFailure }) {
  let isGone = false;
  const body = el("div", { class: "compare" });
  container.replaceChildren(el("h1", {}, "Two executions compared"), body);
  const refresh = single(async () => {
    try {
      const docs = await Promise.all(arns.map(readTimeline));
      if (!isGone) fill(body, docs, () => drawn(docs));
    } catch (error) {
      onFailure(error);
    }
  }, 500);
  return {
    onNews: (subjects) => (subjects === null || arns.some((arn) => subjects.has(arn))) && refresh(),
    onKey(event) {
      if (event.key !== "Escape") return false;
      location.hash = "#/";
      return true;
    },
    destroy: () => { isGone = true; },
  };
}

const end = (doc) => doc.end ?? doc.now;

/** The operations of both by name, kind and how often that came before in the same context, in the order of the first. */
export function pairs(one, other) {
  const keyed = (doc) => {
    const spans = operationsOf(doc).spans;
    const paths = new Map();
    const seen = new Map();
    return new Map(spans.map((span) => {
      const path = `${paths.get(span.parent) ?? ""}/${span.name} ${kindOf(span)}`;
      const number = seen.get(path) ?? 0;
      seen.set(path, number + 1);
      const key = `${path}#${number}`;
      paths.set(span.id, key);
      return [key, span];
    }));
  };
  const [a, b] = [keyed(one), keyed(other)];
  const merged = [...a.keys()];
  let place = 0;
  for (const key of b.keys()) {
    const known = merged.indexOf(key);
    if (known >= 0) place = known + 1;
    else merged.splice(place++, 0, key);
  }
  return merged.map((key) => ({ one: a.get(key) ?? null, other: b.get(key) ?? null }));
}

function differs({ one, other }) {
  if (!one || !other) return true;
  return one.status !== other.status || one.result?.text !== other.result?.text || one.error?.message !== other.error?.message;
}

function drawn(docs) {
  const [one, other] = docs;
  const rows = pairs(one, other);
  const first = rows.findIndex(differs);
  const span = Math.max(...docs.map((doc) => end(doc) - doc.start), 1);
  const found = first < 0 ? null : rows[first].one ?? rows[first].other;
  const same = (name) => one[name]?.text === other[name]?.text;
  return [
    el("div", { class: "compared" }, ...docs.map(summary)),
    el(
      "p",
      { class: `verdict ${found || !same("result") ? "is-bad" : "is-good"}`, role: "status" },
      found ? ["First difference: ", el("strong", {}, found.name), ` (${reason(rows[first])})`].flat() : same("result") ? "No operation differs." : "No operation differs, but the results do.",
      same("input") ? "" : " The inputs differ.",
    ),
    el(
      "table",
      { class: "list pairs" },
      el("caption", { class: "sr" }, "Operations side by side"),
      el("thead", {}, el("tr", {}, ...["Operation", "First", "Second", "Both on one axis"].map((title) => el("th", { scope: "col" }, title)))),
      el("tbody", {}, ...rows.map((row, index) => pairRow(row, docs, span, index === first))),
    ),
    ...["input", "result", "error"].map((name) => both(name, docs)),
  ];
}

function reason({ one, other }) {
  if (!one) return "only in the second";
  if (!other) return "only in the first";
  if (one.status !== other.status) return `${statusWord(one.status)}, then ${statusWord(other.status)}`;
  return one.error ? "another error" : "another result";
}

function summary(doc, index) {
  return el(
    "section",
    { class: "environment" },
    el("h2", {}, index === 0 ? "First: " : "Second: ", el("a", { href: hrefOf(doc.arn) }, doc.name), el("span", { class: `pill ${statusClass(doc.status)}` }, statusWord(doc.status))),
    el("p", { class: "hint" }, `${doc.function}:${doc.version} · started ${moment(doc.start)} · ${doc.hasEnded ? "took" : "so far"} ${duration(end(doc) - doc.start)}`),
  );
}

function pairRow(row, docs, span, isFirst) {
  const shown = row.one ?? row.other;
  const cell = (each) => (each ? [el("span", { class: `dot ${statusClass(each.status)}` }), ` ${statusWord(each.status)}`, each.end === null ? "" : `, ${duration(each.end - each.start)}`] : "–");
  const bar = (each, doc) =>
    el("span", { class: "pair-track" }, each
      ? el("span", {
        class: `pair-bar ${statusClass(each.status)}`,
        style: { "--from": `${((each.start - doc.start) / span) * 100}%`, "--width": `${(((each.end ?? end(doc)) - each.start) / span) * 100}%` },
      })
      : null);
  return el(
    "tr",
    { class: isFirst ? "first" : differs(row) ? "differs" : "", "aria-label": isFirst ? `first difference: ${shown.name}` : null },
    el("td", { style: { "--depth": shown.depth } }, el("span", { class: "indented" }, shown.name), el("span", { class: "hint" }, ` ${kindOf(shown)}`)),
    el("td", { "data-side": "first" }, ...[cell(row.one)].flat()),
    el("td", { "data-side": "second" }, ...[cell(row.other)].flat()),
    el("td", { class: "pair-bars", "aria-hidden": "true" }, bar(row.one, docs[0]), bar(row.other, docs[1])),
  );
}

function both(name, docs) {
  const texts = docs.map((doc) => (name === "error" ? doc.error && [doc.error.type, doc.error.message].filter(Boolean).join(": ") : doc[name]?.text));
  if (!texts.some(Boolean)) return null;
  const title = name[0].toUpperCase() + name.slice(1);
  return el(
    "section",
    { class: "block" },
    el("h3", {}, texts[0] === texts[1] ? `${title}, the same in both` : title),
    texts[0] === texts[1]
      ? el("pre", { tabindex: "0", "aria-label": title }, texts[0])
      : el("div", { class: "compared" }, ...texts.map((text, index) => el("pre", { tabindex: "0", "aria-label": `${title} of the ${index ? "second" : "first"}` }, text || "–"))),
  );
}
