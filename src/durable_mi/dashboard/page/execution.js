// One execution on the local page: its timeline, kept up to date, and what can be done to it.
import { fail, kill, readInput, readTimeline, replay, start, stop, succeed } from "./api.js";
import { confirm } from "./dialogs.js";
import { hrefOf } from "./executions.js";
import { single } from "./news.js";
import { showReplay } from "./replay.js";
import { mountTimeline } from "./view/timeline.js";

/**
 * @param {Element} container where to draw
 * @param {string} arn the execution
 * @param {{onFailure: (error: Error) => void, say: (text: string) => void}} reports
 */
export function mountExecution(container, arn, { onFailure, say }) {
  let isGone = false;
  let hasEnded = false;

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
  const timeline = mountTimeline(container, {
    hrefOf,
    kill: (pid) => attempt(() => kill(pid), `Process ${pid} was killed. A new execution environment replaces the old one.`),
    succeed: (id, payload) => attempt(() => succeed(id, payload), "Sent success."),
    fail: (id, error) => attempt(() => fail(id, error), "Sent failure."),
    async stop(doc) {
      if (await confirm(`Stop ${doc.name}?`, "Its status becomes STOPPED, and it cannot be resumed.", "Stop")) {
        await attempt(() => stop(arn), "Stopped.");
      }
    },
    async replay() {
      const found = await attempt(() => replay(arn));
      if (found) showReplay(found);
    },
    async restart(doc) {
      const started = await attempt(() => restart(doc));
      if (typeof started === "string") {
        say("Started again with the same input.");
        location.hash = hrefOf(started);
      }
    },
  });

  const refresh = single(async () => {
    try {
      const doc = await readTimeline(arn);
      if (isGone) return;
      hasEnded = doc.hasEnded;
      document.title = `${doc.name} · ${doc.status.toLowerCase()}`;
      timeline.update(doc);
    } catch (error) {
      onFailure(error);
    }
  }, 150);

  return {
    /** Log lines tell their group, not their execution. */
    onNews(subjects) {
      if (subjects === null || subjects.has(arn) || (!hasEnded && [...subjects].some((each) => !each.startsWith("arn:")))) refresh();
    },
    onKey(event) {
      if (event.key !== "Escape" && event.key !== "Backspace") return false;
      location.hash = "#/";
      return true;
    },
    destroy() {
      isGone = true;
      timeline.destroy();
    },
  };
}

/** The document shows the input laid out for reading; what is sent again is the input itself. */
async function restart(doc) {
  return start(doc.function, doc.restart, await readInput(doc.arn));
}
