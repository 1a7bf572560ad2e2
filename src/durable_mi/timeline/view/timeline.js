// One execution: its head, its chart, its events, and what the reader chose of them.
import { callbackName, makeChart, statusClass } from "./chart.js";
import { button, el, fill } from "./dom.js";
import { eventList } from "./events.js";
import { clock, duration, moment, recently, statusWord } from "./format.js";
import { inspect } from "./inspector.js";
import { isBetterCompressed, makeScale } from "./scale.js";

const TICK_MS = 250;

/**
 * @param {Element} container where to draw
 * @param {Object|null} actions what a reader can do: stop, restart, replay, succeed, fail, kill, hrefOf; null in a file
 */
export function mountTimeline(container, actions) {
  let doc = null;
  let skew = 0;
  let selected = null;
  let isCompressed = null;
  let tab = "timeline";
  const wanted = { events: true, logs: true };

  const head = el("header", { class: "head" });
  const notice = el("div", { class: "notice" });
  const chart = makeChart(select);
  const inspector = el("aside", { class: "inspector", "aria-label": "Details" });
  const events = el("div", { class: "events-panel", hidden: true });
  const scaleChoice = button("", () => toggleScale(), { class: "quiet", title: "Shortcut: z" });
  const tabs = el(
    "div",
    { class: "tabs", role: "group", "aria-label": "View" },
    tabButton("timeline", "Timeline"),
    tabButton("events", "Events and log"),
    scaleChoice,
  );
  const body = el("div", { class: "body" }, chart.element, events, inspector);
  container.replaceChildren(head, notice, tabs, body);
  const ticking = setInterval(() => doc && !doc.hasEnded && !document.hidden && draw(), TICK_MS);
  document.addEventListener("keydown", onKey);

  function tabButton(name, label) {
    return button(label, () => show(name), { class: "tab", "aria-pressed": String(name === tab), "data-tab": name });
  }

  function show(name) {
    tab = name;
    for (const each of tabs.querySelectorAll(".tab")) each.setAttribute("aria-pressed", String(each.dataset.tab === name));
    draw();
  }

  /** A reader who goes through the rows by keyboard on a narrow screen is not shown the sheet for each of them. */
  function select(item, isPassing = false) {
    selected = item;
    if (!isPassing) inspector.dataset.open = "";
    draw();
  }

  function toggleScale() {
    isCompressed = !(isCompressed ?? isBetterCompressed(doc));
    draw();
  }

  function onKey(event) {
    if (event.target.closest?.("input, textarea, select, dialog") || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "z") toggleScale();
    else if (event.key === "t") show(tab === "timeline" ? "events" : "timeline");
    else if (event.key === "Escape" && "open" in inspector.dataset) {
      delete inspector.dataset.open;
      event.stopImmediatePropagation();
    }
  }

  const now = () => doc.end ?? Date.now() + skew;

  function draw() {
    const choice = selected ?? { type: "execution", id: doc.arn };
    // Until the reader decides: a running execution may turn out to wait for long.
    const isShort = isCompressed ?? isBetterCompressed(doc);
    drawHead();
    fill(notice, noticeOf(doc), () => noticeNodes(doc));
    const isChart = tab === "timeline";
    const took = now() - doc.start;
    chart.element.hidden = !isChart;
    events.hidden = isChart;
    scaleChoice.hidden = !isChart || !(doc.suspended > 0.05 * took);
    scaleChoice.textContent = isShort ? "Draw to scale" : "Shorten suspended time";
    if (isChart) chart.update(doc, makeScale(doc, now(), isShort), now(), choice);
    else fill(events, [doc.events, doc.logs, wanted], () => [filters(), eventList(doc, wanted)]);
    const { shown, make } = inspect(doc, choice, actions);
    fill(inspector, shown, () => [
      button("Close", () => delete inspector.dataset.open, { class: "quiet close", "aria-label": "Close the details" }),
      ...make(),
    ]);
  }

  function filters() {
    const box = (name, label) =>
      el(
        "label",
        { class: "choice" },
        el("input", {
          type: "checkbox",
          checked: wanted[name],
          on: {
            change: (event) => {
              wanted[name] = event.target.checked;
              draw();
            },
          },
        }),
        label,
      );
    return el("div", { class: "choices" }, box("events", "events"), box("logs", "log lines"));
  }

  function drawHead() {
    const took = now() - doc.start;
    const alive = !doc.hasEnded && doc.running !== null;
    const isRunning = doc.invocations.some((each) => each.end === null);
    const since = alive ? Math.max(now() - doc.now, 0) : 0;
    const running = doc.running === null ? null : doc.running + (isRunning ? since : 0);
    const isQueued = !isRunning && doc.waiting !== null;
    const queued = doc.queued === null ? null : doc.queued + (isQueued ? since : 0);
    const suspended = doc.suspended === null ? null : doc.suspended + (isRunning || isQueued ? 0 : since);
    fill(head, [doc.arn, doc.status], () => [
      el("h1", {}, doc.name, el("span", { class: `pill ${statusClass(doc.status)}`, role: "status" }, statusWord(doc.status))),
      el("p", { class: "facts-line" }),
      actions && el("div", { class: "actions" }, ...actionButtons()),
    ]);
    const line = head.querySelector(".facts-line");
    const environments = new Set(doc.invocations.map((each) => each.environment).filter(Boolean)).size;
    const parts = [
      ["function", doc.version ? `${doc.function}:${doc.version}` : doc.function],
      ["started", moment(doc.start)],
      [doc.hasEnded ? "took" : "so far", duration(took)],
      running === null ? null : ["ran", duration(running)],
      queued === null ? null : ["queued", duration(queued)],
      running === null ? null : ["suspended", duration(suspended)],
      doc.invocations.length ? ["invocations", String(doc.invocations.length)] : null,
      environments ? ["environments", String(environments)] : null,
    ].filter(Boolean);
    fill(line, parts, () =>
      parts.map(([term, value]) =>
        el("span", { class: "fact" }, el("span", { class: "term" }, term), " ", el("span", { class: "value" }, value)),
      ),
    );
  }

  function actionButtons() {
    const again = doc.restart ? button("Start again", () => actions.restart(doc), { title: "With the same input" }) : null;
    const replay = doc.canReplay
      ? button("Replay on my code", () => actions.replay(doc), { title: "On the app that was synthesized last; no step runs" })
      : null;
    return doc.hasEnded ? [replay, again] : [replay, again, button("Stop", () => actions.stop(doc), { class: "danger" })];
  }

  function waitingCallbacks(document_) {
    return document_.hasEnded ? [] : document_.spans.filter((span) => span.kind === "Callback" && span.end === null);
  }

  function noticeOf(document_) {
    return [waitingCallbacks(document_).map((span) => [span.id, span.name]), document_.notices];
  }

  function noticeNodes(document_) {
    const told = document_.notices.map(({ at, text }) =>
      el("p", { class: "told" }, el("span", { class: "offset" }, clock(at).slice(0, 8)), el("span", {}, text)),
    );
    const waiting = waitingCallbacks(document_).map((span) =>
      el(
        "p",
        { class: "waiting" },
        el("span", { class: "dot is-waiting" }),
        el(
          "span",
          {},
          "Waits for callback ",
          el("strong", {}, callbackName(span, document_)),
          span.deadline ? ` until ${recently(span.deadline)}` : "",
        ),
        actions && button("Complete…", () => openCallback(span), { class: "primary" }),
      ),
    );
    return [...told, ...waiting];
  }

  function openCallback(span) {
    select({ type: "span", id: span.id });
    inspector.querySelector(".callback-form textarea")?.focus();
  }

  return {
    update(fresh) {
      doc = fresh;
      skew = fresh.now - Date.now();
      draw();
    },
    destroy() {
      clearInterval(ticking);
      document.removeEventListener("keydown", onKey);
      container.replaceChildren();
    },
  };
}
