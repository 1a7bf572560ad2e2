// The form that starts an execution: function, qualifier, input and name.
import { freshAbout } from "./about.js";
import { readExecutions, readInput, start } from "./api.js";
import { openDialog } from "./dialogs.js";
import { button, el } from "./view/dom.js";
import { recently } from "./view/format.js";

const LAST = 8;
const NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/**
 * Opens the form; gives the ARN of what was started, or null.
 *
 * @param {{function?: string, qualifier?: string, input?: string, name?: string, title?: string, hint?: string}} given
 */
export async function openStart(given = {}) {
  if (document.querySelector("dialog[open]")) return null;
  const { functions } = await freshAbout();
  const field = (label, control, hint) => el("label", {}, label, control, hint ? el("span", { class: "hint" }, hint) : null);
  const choose = el("select", { name: "function" }, ...functions.map(({ name }) => el("option", { value: name }, name)));
  const qualifier = el("select", { name: "qualifier" });
  const last = el("select", { name: "last" });
  const payload = el("textarea", { name: "input", rows: "10", spellcheck: "false", autocomplete: "off" });
  const name = el("input", { name: "name", maxlength: "64", autocomplete: "off", placeholder: "made up by the service", value: given.name ?? "" });
  const problem = el("p", { class: "problem", role: "alert" });
  const submit = el("button", { class: "primary" }, "Start");
  if (functions.some((each) => each.name === given.function)) choose.value = given.function;
  payload.value = given.input === undefined ? "{}" : laidOut(given.input);

  const refuse = (text) => { problem.textContent = text; };
  async function onFunction() {
    const chosen = functions.find((each) => each.name === choose.value);
    qualifier.replaceChildren(...(chosen?.qualifiers ?? []).map((each) => el("option", { value: each }, each)));
    if (chosen?.qualifiers.includes(given.qualifier)) qualifier.value = given.qualifier;
    last.replaceChildren(el("option", { value: "" }, "the last inputs…"));
    try {
      const found = await readExecutions(new URLSearchParams({ function: choose.value, limit: String(LAST) }));
      last.append(...found.executions.map((each) => el("option", { value: each.arn }, `${each.name}, ${recently(each.start)}`)));
      if (given.input === undefined && payload.value === "{}" && found.executions.length) await onLast(found.executions[0].arn, true);
    } catch (error) {
      refuse(error.message);
    }
  }
  async function onLast(arn, isOffered = false) {
    if (!arn) return;
    const before = payload.value;
    try {
      const input = await readInput(arn);
      // What was typed meanwhile stays.
      if (isOffered && payload.value !== before) return;
      payload.value = laidOut(input);
      last.value = arn;
      refuse("");
    } catch (error) {
      refuse(error.message);
    }
  }
  choose.addEventListener("change", onFunction);
  last.addEventListener("change", () => onLast(last.value));

  return new Promise((resolve) => {
    let started = null;
    const form = el(
      "form",
      { class: "start-form" },
      el("h2", {}, given.title ?? "Start an execution"),
      given.hint ? el("p", { class: "hint" }, given.hint) : null,
      el("div", { class: "pair" }, field("Function", choose), field("Alias or version", qualifier)),
      field("Name", name),
      el("label", {}, el("span", { class: "with-choice" }, "Input (JSON)", last), payload),
      problem,
      el("div", { class: "buttons" }, button("Cancel", () => dialog.close()), submit),
    );
    last.setAttribute("aria-label", "Input of an earlier execution");
    payload.setAttribute("aria-label", "Input (JSON)");
    const dialog = openDialog(given.title ?? "Start an execution", form);
    dialog.classList.add("wide-dialog");
    dialog.addEventListener("close", () => resolve(started));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const text = payload.value.trim();
      const fault = jsonFault(text);
      if (fault) return refuse(`The input must be JSON: ${fault}`);
      if (name.value && !NAME.test(name.value)) return refuse("The name must have 1 to 64 letters, digits, - or _.");
      submit.disabled = true;
      try {
        // An input that was not touched goes as it was: its layout and its numbers are part of it.
        const sent = given.input !== undefined && payload.value === laidOut(given.input) ? given.input : text;
        started = await start(choose.value, qualifier.value, sent, name.value);
        dialog.close();
      } catch (error) {
        refuse(error.message);
      }
      submit.disabled = false;
      return undefined;
    });
    if (!functions.length) { submit.disabled = true; refuse("There is no durable function to start."); }
    onFunction();
  });
}

function jsonFault(text) {
  try {
    JSON.parse(text);
    return "";
  } catch (error) {
    return error.message;
  }
}

/** JSON over several lines; the text itself where its numbers would not survive that. */
function laidOut(text) {
  try {
    const value = JSON.parse(text);
    return JSON.stringify(value) === text.replace(/\s+(?=(?:[^"\\]|\\.|"(?:[^"\\]|\\.)*")*$)/g, "") ? JSON.stringify(value, null, 2) : text;
  } catch {
    return text;
  }
}
