// The chart: a lane for each execution environment, a row for each operation, one time axis.
import { el, fill } from "./dom.js";
import { count, duration, environmentName, kindOf, statusWord } from "./format.js";
import { operationsOf, visible } from "./operations.js";

const MANY_CHILDREN = 40;
const percent = (share) => `${(share * 100).toFixed(3)}%`;

/**
 * @param {(item: Object) => void} onSelect called with the selected item: {type, id}
 */
export function makeChart(onSelect) {
  const axis = el("div", { class: "axis", "aria-hidden": "true" });
  const bands = el("div", { class: "bands", "aria-hidden": "true" });
  const lanes = el("ol", { class: "rows lanes" });
  const rows = el("ol", { class: "rows" });
  const element = el(
    "div",
    { class: "chart", on: { keydown: (event) => moveFocus(event, element, toggle) } },
    el("div", { class: "axis-row" }, axis),
    el("div", { class: "canvas" }, bands, lanes, rows),
  );
  const made = new Map();
  const folded = new Map();
  let shown = null;

  const toggle = (id, fold) => {
    if (!shown || !made.get(id)?.hasChildren) return;
    folded.set(id, fold ?? !isFolded(id));
    update(...shown);
  };
  const isFolded = (id) => folded.get(id) ?? false;

  function row(key, parent) {
    let entry = made.get(key);
    if (!entry) {
      const name = el("span", { class: "name" });
      const track = el("span", { class: "track", "aria-hidden": "true" });
      const open = el("button", { type: "button", class: "row-button", "data-key": key }, name, track);
      entry = { item: el("li", {}, open), open, name, track, hasChildren: false };
      open.addEventListener("click", (event) => {
        if (event.target.closest(".fold")) toggle(key);
        else onSelect(entry.target);
      });
      open.addEventListener("focus", () => open.matches(":focus-visible") && onSelect(entry.target, true));
      made.set(key, entry);
    }
    if (entry.item.parentElement !== parent) parent.append(entry.item);
    return entry;
  }

  function update(doc, scale, now, selected, finding) {
    shown = [doc, scale, now, selected, finding];
    const operations = operationsOf(doc);
    const { shown: spans } = visible(operations.spans, finding);
    const isFound = spans.length !== operations.spans.length;
    const used = new Set();
    drawAxis(axis, scale);
    drawBands(bands, doc, scale, now);
    const put = (key, parent, target, drawName, bars) => {
      used.add(key);
      const entry = row(key, parent);
      entry.target = target;
      const isSelected = selected?.type === target.type && selected?.id === target.id;
      if (isSelected) entry.open.setAttribute("aria-current", "true");
      else entry.open.removeAttribute("aria-current");
      fill(entry.name, drawName.shown, drawName.make);
      drawBars(entry.track, bars, scale);
      return entry;
    };

    put("execution", lanes, { type: "execution", id: doc.arn }, executionName(doc), executionBars(doc, scale, now));
    environmentsOf(doc).forEach(({ id, invocations }) => {
      const target = { type: "environment", id: id ?? "" };
      put(`environment ${id}`, lanes, target, environmentLabel(id, invocations), invocationBars(invocations, now));
    });

    const childCounts = countChildren(spans);
    let hiddenBelow = null;
    for (const span of spans) {
      if (hiddenBelow !== null && span.depth > hiddenBelow) continue;
      hiddenBelow = null;
      const children = childCounts.get(span.id) ?? 0;
      if (!folded.has(span.id) && children > MANY_CHILDREN) folded.set(span.id, true);
      const isClosed = !isFound && children > 0 && isFolded(span.id);
      if (isClosed) hiddenBelow = span.depth;
      const name = spanName(span, children, isClosed, doc, now);
      const entry = put(span.id, rows, { type: "span", id: span.id }, name, spanBars(span, doc, now));
      entry.hasChildren = children > 0;
      if (children) entry.open.setAttribute("aria-expanded", String(!isClosed));
      entry.item.style.setProperty("--depth", span.depth);
    }
    for (const [key, entry] of made) {
      if (!used.has(key)) {
        entry.item.remove();
        if (!operations.spans.some((span) => span.id === key)) made.delete(key);
      }
    }
    keepOrder(rows, spans.map((span) => made.get(span.id)?.item).filter((item) => item?.isConnected));
  }

  return { element, update, step: (event) => moveFocus(event, element, toggle) };
}

/** The environments in the order in which the execution met them; one lane where nobody tells. */
export function environmentsOf(doc) {
  const found = new Map();
  for (const invocation of doc.invocations) {
    if (!found.has(invocation.environment)) found.set(invocation.environment, []);
    found.get(invocation.environment).push(invocation);
  }
  return [...found].map(([id, invocations]) => ({ id, invocations }));
}

function executionName(doc) {
  return {
    shown: [doc.status],
    make: () => [el("span", { class: `dot ${statusClass(doc.status)}` }), el("span", { class: "label strong" }, "execution"), said(statusWord(doc.status))],
  };
}

/** When the handler ran, when an invocation waited for a worker, and when the execution was suspended. */
function executionBars(doc, scale, now) {
  const status = statusClass(doc.status);
  if (doc.running === null) return [{ start: doc.start, end: doc.end ?? now, class: `bar whole ${status}` }];
  const end = doc.end ?? now;
  const bars = [];
  let reached = doc.start;
  const suspend = (until) => {
    if (until <= reached) return;
    const width = scale.at(until) - scale.at(reached);
    const text = width > 0.06 ? `${width > 0.2 ? "suspended " : ""}${duration(until - reached)}` : "";
    bars.push({ start: reached, end: until, class: "bar gap", text, title: `suspended ${duration(until - reached)}` });
  };
  for (const { start, stop, state } of statesOf(doc, end)) {
    suspend(start);
    const title = state === "queued" ? `queued for a worker process ${duration(stop - start)}` : `ran ${duration(stop - start)}`;
    bars.push({ start, end: stop, class: state === "queued" ? "bar queued" : `bar whole ${status}`, title });
    reached = stop;
  }
  suspend(end);
  return bars;
}

/** The periods in which it was not suspended, in their order: running, or queued; the last one goes on until now. */
export function statesOf(doc, end) {
  const isRunning = doc.invocations.some((each) => each.end === null);
  const active = doc.active.map(([start, stop], position) => ({
    start, stop: isRunning && position === doc.active.length - 1 ? end : stop, state: "running",
  }));
  const queued = doc.queue.map(([start, stop], position) => ({
    start, stop: doc.waiting !== null && position === doc.queue.length - 1 ? end : stop, state: "queued",
  }));
  return [...active, ...queued].sort((one, other) => one.start - other.start);
}

function environmentLabel(id, invocations) {
  const label = id === null ? "invocations" : environmentName(id);
  const isRunning = invocations.some((each) => each.end === null);
  const failed = invocations.filter((each) => each.error).length;
  return {
    shown: [label, invocations.length, isRunning, failed],
    make: () => [
      el("span", { class: `dot ${isRunning ? "is-running" : failed ? "is-failed" : "is-idle"}` }),
      el("span", { class: "label" }, label),
      failed
        ? el("span", { class: "failures" }, `${failed} of ${invocations.length} failed`)
        : el("span", { class: "hint" }, count(invocations.length, "invocation")),
    ],
  };
}

function spanName(span, children, isClosed, doc, now) {
  const took = tookOf(span, doc, now);
  return {
    shown: [span.name, span.status, span.kind, children, isClosed, span.attempts.length, span.end === null ? null : took],
    make: () => [
      children
        ? el("span", { class: "fold", "data-closed": isClosed, title: isClosed ? "Show its operations" : "Hide its operations" })
        : null,
      el("span", { class: `dot ${statusClass(span.status)}` }),
      el("span", { class: "label" }, span.name),
      said(`${kindOf(span)}, ${statusWord(span.status)}`),
      span.attempts.length > 1 ? el("span", { class: "attempts" }, `×${span.attempts.length}`) : null,
      isClosed ? el("span", { class: "hint" }, `${children} inside`) : null,
      span.end === null || took === 0 ? null : el("span", { class: "hint" }, duration(took)),
    ],
  };
}

/** What the colours and bars show, for those who listen. */
function said(text) {
  return el("span", { class: "sr" }, text);
}

function tookOf(span, doc, now) {
  return (span.end ?? doc.end ?? now) - span.start;
}

function countChildren(spans) {
  const parents = new Map(spans.map((span) => [span.id, span.parent]));
  const counts = new Map();
  for (const span of spans) {
    for (let parent = span.parent; parent && parents.has(parent); parent = parents.get(parent)) {
      counts.set(parent, (counts.get(parent) ?? 0) + 1);
    }
  }
  return counts;
}

function invocationBars(invocations, now) {
  return invocations.map((each) => ({
    start: each.start,
    end: each.end ?? now,
    class: `bar invocation ${each.error ? "is-failed" : each.end === null ? "is-running" : ""}`,
    text: each.pid === null ? "" : String(each.pid),
    title: [each.pid === null ? "invocation" : `process ${each.pid}`, failureOf(each)].filter(Boolean).join(": "),
  }));
}

/** Why an invocation failed, as one line; null if it did not. */
export function failureOf(invocation) {
  return invocation.error ? [invocation.error, invocation.message].filter(Boolean).join(": ") : null;
}

function spanBars(span, doc, now) {
  const end = span.end ?? doc.end ?? now;
  const status = statusClass(span.status);
  const title = `${span.name}: ${kindOf(span)}, ${statusWord(span.status)}${span.end === null ? "" : `, ${duration(span.end - span.start)}`}${span.error ? `\n${[span.error.type, span.error.message].filter(Boolean).join(": ")}` : ""}`;
  if (span.kind !== "Step") {
    const bars = [{ start: span.start, end, class: `bar ${span.kind.toLowerCase()} ${status}`, title }];
    if (span.end === null && span.due && doc.end === null) bars.push({ start: now, end: span.due, class: "bar ahead", title });
    return bars;
  }
  const bars = [];
  span.attempts.forEach((attempt, position) => {
    const stop = attempt.end ?? end;
    const next = span.attempts[position + 1]?.start ?? (span.status === "PENDING" ? (doc.end ?? span.due) : null);
    if (next) bars.push({ start: stop, end: next, class: "bar pause", title: `${duration(next - stop)} until the next attempt` });
    const said = `attempt ${attempt.number}: ${statusWord(attempt.status)}${attempt.error ? `, ${[attempt.error.type, attempt.error.message].filter(Boolean).join(": ")}` : ""}`;
    bars.push({ start: attempt.start, end: stop, class: `bar step ${statusClass(attempt.status)}`, title: span.attempts.length > 1 ? said : title });
  });
  return bars;
}

export function statusClass(status) {
  const words = { STARTED: "running", PENDING: "waiting", TIMED_OUT: "failed", PAUSED: "waiting", PAUSING: "waiting" };
  return `is-${words[status] ?? status.toLowerCase()}`;
}

function drawBars(track, bars, scale) {
  while (track.childElementCount > bars.length) track.lastElementChild.remove();
  bars.forEach((bar, position) => {
    const element = track.children[position] ?? track.appendChild(el("span"));
    if (element.className !== bar.class) element.className = bar.class;
    const from = scale.at(bar.start);
    element.style.setProperty("--from", percent(from));
    element.style.setProperty("--width", percent(Math.max(scale.at(bar.end) - from, 0)));
    if (element.textContent !== (bar.text ?? "")) element.textContent = bar.text ?? "";
    if (element.title !== (bar.title ?? "")) element.title = bar.title ?? "";
  });
}

function drawAxis(axis, scale) {
  fill(axis, scale.ticks, () =>
    scale.ticks.map((tick) =>
      el(
        "span",
        { class: tick.place > 0.93 ? "tick last" : "tick", style: { "--from": percent(tick.place) } },
        tick.offset ? `+${duration(tick.offset)}` : "0",
      ),
    ),
  );
}

function drawBands(bands, doc, scale, now) {
  const suspended = doc.running === null ? [] : scale.pieces.filter((piece) => !piece.running);
  const lines = scale.ticks.map((tick) => tick.place);
  const cursor = doc.end === null ? scale.at(now) : null;
  fill(bands, [suspended, lines, cursor], () => [
    ...lines.map((place) => el("span", { class: "line", style: { "--from": percent(place) } })),
    ...suspended.map((piece) =>
      el(
        "span",
        { class: "band", style: { "--from": percent(piece.from), "--width": percent(piece.to - piece.from) } },
      ),
    ),
    cursor === null ? null : el("span", { class: "cursor", style: { "--from": percent(cursor) } }),
  ]);
}

function keepOrder(list, items) {
  items.forEach((item, position) => {
    if (list.children[position] !== item) list.insertBefore(item, list.children[position] ?? null);
  });
}

/** Goes on from the focused row, or from the selected one where the focus is elsewhere; gives whether it was a key of it. */
function moveFocus(event, chart, toggle) {
  const buttons = [...chart.querySelectorAll(".row-button")];
  const focused = buttons.indexOf(document.activeElement);
  const at = focused < 0 ? buttons.findIndex((each) => each.hasAttribute("aria-current")) : focused;
  if (event.defaultPrevented || !buttons.length || event.altKey || event.ctrlKey || event.metaKey) return false;
  const steps = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };
  if (event.key in steps) buttons[focused < 0 ? Math.max(at, 0) : at + steps[event.key]]?.focus({ focusVisible: true });
  else if (event.key === "Home") buttons[0].focus({ focusVisible: true });
  else if (event.key === "End") buttons.at(-1).focus({ focusVisible: true });
  else if (event.key === "ArrowLeft" || event.key === "ArrowRight") at >= 0 && toggle(buttons[at].dataset.key, event.key === "ArrowLeft");
  else return false;
  event.preventDefault();
  return true;
}
