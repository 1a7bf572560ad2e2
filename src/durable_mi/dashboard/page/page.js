// The page: which view is shown, the keys, the theme, and short messages.
import { about } from "./about.js";
import { Refusal } from "./api.js";
import { mountCompare } from "./compare.js";
import { showKeys } from "./dialogs.js";
import { mountExecution } from "./execution.js";
import { mountExecutions } from "./executions.js";
import { listen } from "./news.js";
import { hrefOf } from "./row.js";
import { openStart } from "./start.js";
import { el, fill } from "./view/dom.js";
import { mountVersions } from "./versions.js";
import { mountWorkers } from "./workers.js";

const TOAST_MS = 5000;
const main = document.querySelector("main");
const toast = document.querySelector(".toast");
const connection = document.querySelector(".connection");
let view = null;
let forgetting = 0;

function say(text) {
  toast.textContent = text;
  clearTimeout(forgetting);
  forgetting = setTimeout(() => { toast.textContent = ""; }, TOAST_MS);
}

function onFailure(error) {
  if (!(error instanceof Refusal)) console.error(error);
  say(error.message);
}

/** An address that somebody typed may hold a lone percent sign. */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function route() {
  view?.destroy();
  main.shownKey = undefined;
  main.replaceChildren();
  const [path, query] = location.hash.replace(/^#/, "").split("?");
  const [, name = "", ...args] = path.split("/").map(decoded);
  const [argument = ""] = args;
  const reports = { say, onFailure };
  if (name === "executions" && argument) {
    view = mountExecution(main, argument, reports);
  } else if (name === "compare" && args.length === 2) {
    document.title = "Compare";
    view = mountCompare(main, args, reports);
  } else if (name === "versions") {
    document.title = "Versions";
    view = mountVersions(main, reports);
  } else if (name === "workers") {
    document.title = "Workers";
    view = mountWorkers(main, reports);
  } else {
    document.title = "Durable executions";
    const onQuery = (changed) => history.replaceState(null, "", `#/?${changed}`);
    view = mountExecutions(main, new URLSearchParams(query), { ...reports, onQuery });
  }
  for (const link of document.querySelectorAll("nav a")) {
    const isCurrent = link.dataset.view === (name || "executions");
    isCurrent ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
  }
  view.onNews(null);
}

function onConnection(isConnected) {
  fill(connection, isConnected, () => [
    el("span", { class: `dot ${isConnected ? "is-succeeded" : "is-failed"}` }),
    isConnected ? "live" : "not connected",
  ]);
}

const begin = document.querySelector(".begin");
async function startNew() {
  try {
    const started = await openStart();
    if (started) location.hash = hrefOf(started);
  } catch (error) {
    onFailure(error);
  }
}
begin.addEventListener("click", startNew);

async function showPlace() {
  try {
    const { title, canChange, hasWorkers, hasVersions } = await about();
    document.querySelector(".place").textContent = canChange ? title : `${title} · read only`;
    begin.hidden = !canChange;
    document.querySelector('[data-view="workers"]').hidden = !hasWorkers;
    document.querySelector('[data-view="versions"]').hidden = !hasVersions;
  } catch (error) {
    onFailure(error);
  }
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.target.closest("dialog")) return;
  if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.key === "?") showKeys();
  else if (event.key === "n" && !begin.hidden) startNew();
  else if (event.key === "g") location.hash = "#/";
  else if (!view.onKey(event)) return;
  event.preventDefault();
});

const themes = ["light", "dark", ""];
const theme = document.querySelector(".theme");
function applyTheme(name) {
  name ? (document.documentElement.dataset.theme = name) : delete document.documentElement.dataset.theme;
  theme.replaceChildren(el("span", { class: "spacious" }, "Theme: "), name || "system");
}
applyTheme(localStorage.getItem("theme") ?? "");
theme.addEventListener("click", () => {
  const next = themes[(themes.indexOf(localStorage.getItem("theme") ?? "") + 1) % themes.length];
  localStorage.setItem("theme", next);
  applyTheme(next);
});
document.querySelector(".keys").addEventListener("click", showKeys);
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
addEventListener("hashchange", route);
route();
showPlace();
listen((subjects) => view.onNews(subjects), onConnection);
