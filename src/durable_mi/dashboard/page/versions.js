// The versions of each function: what runs on them, their state and cost, what drains, and how to change that.
import { about } from "./about.js";
import { changeVersion, readVersions } from "./api.js";
import { confirm } from "./dialogs.js";
import { single } from "./news.js";
import { button, el, fill } from "./view/dom.js";
import { count, recently } from "./view/format.js";

const VERBS = {
  park: ["Park", "It gets no execution environments until it is woken. It must be proven empty."],
  wake: ["Wake", "It gets its execution environments back, which are paid for."],
  rollback: ["Roll back to it", "The alias live names it: new executions start on it. Those that run stay on their versions."],
};

export function mountVersions(container, { onFailure, say }) {
  let isGone = false;
  const list = el("div", {}, el("p", { class: "empty" }, "Reading the versions…"));
  container.replaceChildren(el("h1", { class: "sr" }, "Versions"), list);
  const refresh = single(async () => {
    try {
      const [functions, { canChange }] = await Promise.all([readVersions(), about()]);
      if (isGone) return;
      fill(list, [functions, canChange], () => (functions.length ? functions.map((each) => release(each, canChange)) : [el("p", { class: "empty" }, "No function here is on a capacity provider.")]));
    } catch (error) {
      onFailure(error);
    }
  }, 2000);

  async function change(action, name, version) {
    const [verb, means] = VERBS[action];
    if (!(await confirm(`${verb}: ${name}:${version}?`, means, verb))) return;
    try {
      const { said } = await changeVersion({ action, function: name, version });
      say(said);
    } catch (error) {
      onFailure(error);
    }
    refresh();
  }

  const release = ({ function: name, versions, monthlyUsd, unknown }, canChange) =>
    el(
      "section",
      { class: "release" },
      el("h2", {}, name, monthlyUsd === null ? null : el("span", { class: "hint" }, `  at least $${monthlyUsd.toFixed(2)} a month`)),
      el(
        "div",
        { class: "scroll", tabindex: "0", role: "region", "aria-label": `Versions of ${name}` },
        el(
          "table",
          { class: "list versions" },
          el("thead", {}, el("tr", {}, ...["Version", "State", "Open executions", "Environments", "Cost a month", "Drains by", "Next", ""].map((title) => el(title ? "th" : "td", { scope: title ? "col" : null }, title)))),
          el("tbody", {}, ...versions.map((each) => row(name, each, canChange))),
        ),
      ),
      ...unknown.map((text) => el("p", { class: "problem" }, text)),
    );
  const row = (name, each, canChange) =>
    el(
      "tr",
      {},
      el("td", {}, el("strong", {}, each.version), each.aliases.length ? el("span", { class: "hint" }, ` ${each.aliases.join(", ")}`) : null),
      el("td", {}, el("span", { class: `dot ${each.aliases.length ? "is-succeeded" : each.isParked ? "is-idle" : "is-waiting"}` }), ` ${each.state}`),
      el(
        "td",
        {},
        each.open === null ? "unknown" : each.open ? el("a", { href: `#/?${new URLSearchParams([["function", name], ["version", each.version], ["status", "RUNNING"]])}` }, count(each.open, "execution")) : "none",
      ),
      el("td", {}, each.environments ?? "unknown"),
      el("td", {}, each.monthlyUsd === null ? "–" : `$${each.monthlyUsd.toFixed(2)}`),
      el("td", {}, each.knownUntil === null ? "–" : recently(each.knownUntil)),
      el("td", { class: "hint" }, each.next),
      el("td", { class: "row-actions" }, ...(canChange ? each.actions.map((action) => button(`${VERBS[action][0]}…`, () => change(action, name, each.version))) : [])),
    );
  const every = setInterval(() => !document.hidden && refresh(), 30_000);
  return {
    onNews: (subjects) => subjects === null && refresh(),
    onKey: () => false,
    destroy: () => { isGone = true; clearInterval(every); },
  };
}
