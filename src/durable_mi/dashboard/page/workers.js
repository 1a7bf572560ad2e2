// The worker processes of every version, by execution environment.
import { kill, readWorkers } from "./api.js";
import { hrefOf } from "./row.js";
import { mountFaults } from "./faults.js";
import { single } from "./news.js";
import { button, el, fill } from "./view/dom.js";
import { count, environmentName, recently } from "./view/format.js";

const DOTS = { ready: "is-succeeded", starting: "is-running", failed: "is-failed" };

export function mountWorkers(container, { onFailure, say }) {
  let isGone = false;
  const list = el("div");
  const faults = el("section", { class: "faults" });
  container.replaceChildren(el("h1", { class: "sr" }, "Workers"), list, faults);
  const faultList = mountFaults(faults, { onFailure, say });
  const refresh = single(async () => {
    try {
      const releases = await readWorkers();
      if (!isGone) fill(list, releases, () => releases.map(release));
      await faultList.refresh();
    } catch (error) {
      onFailure(error);
    }
  }, 300);

  async function end(pid) {
    try {
      await kill(pid);
      say(`Process ${pid} was killed. A new execution environment replaces the old one.`);
    } catch (error) {
      onFailure(error);
    }
    setTimeout(refresh, 300);
  }

  const release = ({ function: name, version, environments }) =>
    el(
      "section",
      { class: "release" },
      el("h2", {}, `${name}:${version}`),
      el("div", { class: "environments" }, ...environments.map(environment)),
    );
  const environment = ({ id, state, failure, workers }) =>
    el(
      "section",
      { class: "environment" },
      el(
        "h3",
        {},
        el("span", { title: id }, environmentName(id)),
        el("span", { class: `dot ${DOTS[state]}` }),
        state === "ready" ? `ready, ${count(workers.length, "process", "processes")}` : state,
      ),
      failure && el("p", { class: "failure" }, failure.reason),
      failure && el("p", { class: "hint" }, attempts(state, failure)),
      el("ul", {}, ...workers.map(worker)),
    );
  const attempts = (state, { attempts: failed, nextAttempt: next }) =>
    `${count(failed, "failed start")}, ${state === "failed" ? `next attempt at ${recently(next)}` : "trying again"}`;
  const worker = ({ pid, execution }) =>
    el(
      "li",
      { class: "worker" },
      el("span", { class: `dot ${execution ? "is-running" : "is-idle"}` }),
      el("span", {}, String(pid)),
      execution
        ? el("a", { href: hrefOf(execution) }, execution.split("/").at(-2))
        : el("span", { class: "idle" }, "idle"),
      button("Kill", () => end(pid), { class: "quiet", "aria-label": `Kill process ${pid}` }),
    );

  return { onNews: () => refresh(), onKey: () => false, destroy: () => { isGone = true; } };
}
