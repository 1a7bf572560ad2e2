// The history as it was written, with the log lines in between.
import { el } from "./dom.js";
import { clock, duration, kindOf } from "./format.js";
import { logLine } from "./inspector.js";
import { kindOfLine } from "./noise.js";

/**
 * @param {Object} doc the timeline document
 * @param {{events: boolean, logs: boolean, sdk: boolean, chatter: boolean}} wanted what to show
 */
export function eventList(doc, wanted) {
  const spans = new Map(doc.spans.map((span) => [span.id, span]));
  const entries = [];
  if (wanted.events) entries.push(...doc.events.map((event) => ({ at: event.at, order: event.id, event })));
  if (wanted.logs) entries.push(...(doc.logs ?? []).filter((log) => wanted[kindOfLine(log)] ?? true).map((log, number) => ({ at: log.at, order: number, log })));
  // A line was written before the checkpoint that tells of the same millisecond.
  entries.sort((one, other) => one.at - other.at || Boolean(one.event) - Boolean(other.event) || one.order - other.order);
  return el(
    "ol",
    { class: "events" },
    ...entries.map(({ event, log }) =>
      log
        ? el("li", { class: "is-log" }, ...logLine(log, doc.start), operationOf(spans.get(log.operation)))
        : el("li", {}, ...eventLine(event, doc.start, spans.get(event.operation))),
    ),
  );
}

function eventLine(event, origin, span) {
  const ending = event.error ? "failed" : /(Succeeded|Failed|TimedOut|Stopped|Cancelled)$/.exec(event.type)?.[1]?.toLowerCase() ?? "started";
  return [
    el("span", { class: "offset", title: clock(event.at) }, `+${duration(event.at - origin)}`),
    el("span", { class: "level" }, String(event.id)),
    el(
      "span",
      { class: "message" },
      el("span", { class: `event-type event-${ending}` }, event.type),
      span ? ` ${span.name}` : null,
      span && kindOf(span) !== "step" ? el("span", { class: "hint" }, ` ${kindOf(span)}`) : null,
      event.error ? el("span", { class: "said" }, event.error) : null,
    ),
  ];
}

function operationOf(span) {
  return span ? el("span", { class: "hint operation" }, span.name) : null;
}
