// One execution: its head, its chart, its events, and what the reader chose of them.
import { bannerKey, banners } from "./banner.js";
import { makeChart, statusClass } from "./chart.js";
import { button, el, fill } from "./dom.js";
import { eventList } from "./events.js";
import { duration, moment, statusWord } from "./format.js";
import { inspect } from "./inspector.js";
import { legend } from "./legend.js";
import { kindOfLine } from "./noise.js";
import { operationsOf, visible } from "./operations.js";
import { isBetterCompressed, makeScale } from "./scale.js";

const TICK_MS = 250;

/**
 * @param {Element} container where to draw
 * @param {Object|null} actions what a reader can do: buttons, facts, canChange, succeed, fail, heartbeat, kill,
 *   hrefOf; null in a file
 */
export function mountTimeline(container, actions) {
  let doc = null;
  let skew = 0;
  let selected = null;
  let isCompressed = null;
  let tab = "timeline";
  const wanted = { events: true, logs: true, sdk: true, chatter: false };
  const finding = { text: "", failedOnly: false };

  const head = el("header", { class: "head" });
  const notice = el("div", { class: "notice" });
  const chart = makeChart(select);
  const inspector = el("aside", { class: "inspector", "aria-label": "Details" });
  const events = el("div", { class: "events-panel", hidden: true });
  const scaleChoice = button("", () => toggleScale(), { class: "quiet", title: "Shortcut: z" });
  const finder = el("input", { type: "search", class: "finder", placeholder: "Find an operation", "aria-label": "Find an operation", "aria-keyshortcuts": "/", on: { input: () => { finding.text = finder.value; draw(); } } });
  const failedOnly = button("Failed only", () => toggleFailed(), { class: "chip", "aria-pressed": "false", "aria-keyshortcuts": "f" });
  const found = el("span", { class: "hint found", role: "status" });
  const tabs = el(
    "div",
    { class: "tabs", role: "group", "aria-label": "View" },
    tabButton("timeline", "Timeline"),
    tabButton("events", "Events and log"),
    finder,
    failedOnly,
    found,
    scaleChoice,
  );
  const chartSide = el("div", {}, chart.element, legend());
  const body = el("div", { class: "body" }, chartSide, events, inspector);
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
    if (!doc) return;
    isCompressed = !(isCompressed ?? isBetterCompressed(doc));
    draw();
  }

  function toggleFailed() {
    finding.failedOnly = !finding.failedOnly;
    failedOnly.setAttribute("aria-pressed", String(finding.failedOnly));
    draw();
  }

  function onKey(event) {
    if (event.target.closest?.("input, textarea, select, dialog") || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "z") toggleScale();
    else if (event.key === "t") show(tab === "timeline" ? "events" : "timeline");
    else if (event.key === "f") toggleFailed();
    else if (event.key === "/") {
      show("timeline");
      finder.focus();
      event.preventDefault();
    } else if (doc && tab === "timeline" && !event.target.closest?.("button:not(.row-button), a, summary, pre") && chart.step(event)) return;
    else if (event.key === "Escape" && "open" in inspector.dataset) {
      delete inspector.dataset.open;
      event.stopImmediatePropagation();
    }
  }

  const now = () => doc.end ?? Date.now() + skew;

  function draw() {
    if (!doc) return; // A key can come before what it shows.
    const choice = selected ?? { type: "execution", id: doc.arn };
    // Until the reader decides: a running execution may turn out to wait for long.
    const isShort = isCompressed ?? isBetterCompressed(doc);
    drawHead();
    fill(notice, [bannerKey(doc), actions?.canChange ?? false], () => banners(doc, actions, jump));
    const isChart = tab === "timeline";
    const took = now() - doc.start;
    for (const each of [chartSide, finder, failedOnly, found]) each.hidden = !isChart;
    events.hidden = isChart;
    scaleChoice.hidden = !isChart || !(doc.suspended > 0.05 * took);
    scaleChoice.textContent = isShort ? "Draw to scale" : "Shorten suspended time";
    if (isChart) {
      chart.update(doc, makeScale(doc, now(), isShort), now(), choice, finding);
      const { spans } = operationsOf(doc);
      const text = finding.text || finding.failedOnly ? `${visible(spans, finding).found} of ${spans.length}` : "";
      if (found.textContent !== text) found.textContent = text;
    } else fill(events, [doc.events, doc.logs, wanted], () => [filters(), eventList(doc, wanted)]);
    const { shown, make } = inspect(doc, choice, actions);
    fill(inspector, shown, () => [
      button("Close", () => delete inspector.dataset.open, { class: "quiet close", "aria-label": "Close the details" }),
      ...make(),
    ]);
  }

  const lines = (kind) => (doc.logs ?? []).filter((log) => kindOfLine(log) === kind).length;

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
    return el("div", { class: "choices" }, box("events", "events"), box("logs", "log lines"), lines("sdk") ? box("sdk", `${lines("sdk")} of the SDK`) : null, lines("chatter") ? box("chatter", `${lines("chatter")} of boto3`) : null);
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
    fill(head, [doc.arn, doc.status, doc.restart, actions?.canChange ?? false], () => [
      el("h1", {}, doc.name, el("span", { class: `pill ${statusClass(doc.status)}`, role: "status" }, statusWord(doc.status))),
      el("p", { class: "facts-line" }),
      actions && el("div", { class: "actions" }, ...actions.buttons(doc).filter(Boolean)),
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
      ...(actions?.facts(doc) ?? []),
    ].filter(Boolean);
    fill(line, parts.map(([term, value]) => [term, value.textContent ?? value]), () =>
      parts.map(([term, value]) =>
        el("span", { class: "fact" }, el("span", { class: "term" }, term), " ", el("span", { class: "value" }, value)),
      ),
    );
  }

  function jump(span, isForm = false) {
    select({ type: "span", id: span.id });
    if (isForm) inspector.querySelector(".callback-form textarea")?.focus();
    else chart.element.querySelector('[aria-current="true"]')?.scrollIntoView({ block: "center" });
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
