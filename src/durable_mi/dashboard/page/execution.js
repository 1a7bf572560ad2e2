// One execution: its timeline, kept up to date, and what can be done to it.
import { about } from "./about.js";
import { fail, heartbeat, kill, readExecutions, readInput, readTimeline, readWhy, replay, succeed } from "./api.js";
import { CHANGES } from "./changes.js";
import { showCommands } from "./commands.js";
import { confirm } from "./dialogs.js";
import { single } from "./news.js";
import { findOrigin, nameAgain } from "./origin.js";
import { showReplay } from "./replay.js";
import { hrefOf } from "./row.js";
import { openStart } from "./start.js";
import { bannerKey } from "./view/banner.js";
import { button, el } from "./view/dom.js";
import { mountTimeline } from "./view/timeline.js";

const WHY_PAUSE = 1000;
const WHY_AGAIN = 60_000;

/** What a diagnosis depends on, but for the time. */
const keyOf = (doc) => JSON.stringify([bannerKey({ ...doc, why: null }), doc.spans.length, doc.invocations.length]);

/**
 * @param {Element} container where to draw
 * @param {string} arn the execution
 * @param {{onFailure: (error: Error) => void, say: (text: string) => void}} reports
 */
export function mountExecution(container, arn, { onFailure, say }) {
  let isGone = false;
  let hasEnded = false;
  let isDeleted = false;
  let origin;
  let shown = null;
  let why = null;

  const attempt = async (work, said) => {
    try {
      const result = await work();
      if (said) say(said);
      return result ?? true;
    } catch (error) {
      onFailure(error);
      return false;
    }
  };

  async function change(kind, doc) {
    const { verb, done, means, run } = CHANGES[kind];
    if (!(await confirm(`${verb} ${doc.name}?`, means, verb))) return;
    if (!(await attempt(() => run(arn), `${done}.`))) return;
    if (kind === "remove") {
      isDeleted = true;
      location.hash = "#/";
    }
  }

  async function startAgain(doc) {
    const input = await attempt(() => readInput(doc.arn));
    if (input === false) return;
    const started = await attempt(() => openStart({
      function: doc.function, qualifier: doc.restart, input, name: nameAgain(doc), title: "Start again",
      hint: `With the input of ${doc.name}, which you can edit. The name leads back to it.`,
    }));
    if (typeof started === "string") {
      say(`Started again from ${doc.name}.`);
      location.hash = hrefOf(started);
    }
  }

  async function compare(doc) {
    const found = await attempt(() => readExecutions(new URLSearchParams({ function: doc.function, limit: "50" })));
    if (!found) return;
    // The last that succeeded is what a failure is compared with; a repeat is compared with its origin.
    const others = found.executions.filter((each) => each.arn !== arn);
    const other = origin ?? others.find((each) => each.status === "SUCCEEDED") ?? others[0];
    if (other) location.hash = `#/compare/${encodeURIComponent(other.arn)}/${encodeURIComponent(arn)}`;
    else say("There is no other execution of this function.");
  }

  function buttons(doc, canChange) {
    const changes = canChange ? ["pause", "resume", "stop", "remove"].filter((kind) => CHANGES[kind].applies(doc.status)) : [];
    return [
      doc.canReplay
        ? button("Replay on my code", () => onReplay(), { title: "On the app that was synthesized last; no step runs" })
        : null,
      canChange && doc.restart ? button("Start again…", () => startAgain(doc), { title: "With the same or another input" }) : null,
      ...changes.map((kind) => button(CHANGES[kind].verb, () => change(kind, doc), { class: kind === "stop" || kind === "remove" ? "danger" : "" })),
      button("Compare", () => compare(doc), { title: "With the last execution that succeeded; choose two in the list for others" }),
      button("Copy as AWS CLI", () => attempt(() => showCommands(doc)), { class: "quiet" }),
    ];
  }

  async function onReplay() {
    const found = await attempt(() => replay(arn));
    if (found) showReplay(found);
  }

  let canChange = false;
  const timeline = mountTimeline(container, {
    hrefOf,
    get canChange() { return canChange; },
    buttons: (doc) => buttons(doc, canChange),
    facts: () => (origin ? [["again from", el("a", { href: hrefOf(origin.arn) }, origin.name)]] : []),
    kill: (pid) => attempt(() => kill(pid), `Process ${pid} was killed. A new execution environment replaces the old one.`),
    succeed: (id, payload) => attempt(() => succeed(id, payload), "Sent success."),
    fail: (id, error) => attempt(() => fail(id, error), "Sent failure."),
    heartbeat: (id) => attempt(() => heartbeat(id), "Sent heartbeat."),
  });

  /** What explained another state explains nothing any more. */
  function show(doc) {
    shown = doc;
    if (why && (doc.hasEnded || why.key !== keyOf(doc))) why = null;
    timeline.update({ ...doc, why });
  }

  const explain = single(async () => {
    if (isGone || hasEnded) return;
    const key = keyOf(shown);
    try {
      const found = await readWhy(arn);
      if (isGone || key !== keyOf(shown)) return;
      why = { ...found, key };
      show(shown);
    } catch {
      // What cannot be explained is not explained; what is known of the execution is there.
    }
  }, WHY_PAUSE);
  // What is late is so without news.
  const again = setInterval(() => document.hidden || explain(), WHY_AGAIN);

  const refresh = single(async () => {
    try {
      const [doc, where] = await Promise.all([readTimeline(arn), about()]);
      if (isGone) return;
      canChange = where.canChange;
      hasEnded = doc.hasEnded;
      document.title = `${doc.name} · ${doc.status.toLowerCase()}`;
      show(doc);
      explain();
      if (origin !== undefined) return;
      origin = await findOrigin(doc);
      if (origin && !isGone) show(shown);
    } catch (error) {
      if (!isDeleted) onFailure(error);
    }
  }, 150);

  return {
    /** Log lines name their group, not their execution. */
    onNews(subjects) {
      if (isDeleted) return;
      if (subjects === null || subjects.has(arn) || (!hasEnded && [...subjects].some((each) => !each.startsWith("arn:")))) refresh();
    },
    onKey(event) {
      if (event.key !== "Escape" && event.key !== "Backspace") return false;
      location.hash = "#/";
      return true;
    },
    destroy() {
      isGone = true;
      clearInterval(again);
      timeline.destroy();
    },
  };
}
