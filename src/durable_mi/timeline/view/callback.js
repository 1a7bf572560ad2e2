// The form that completes a callback, as the outside world would.
import { button, el } from "./dom.js";

// A form outlives the drawing of what is around it, so that nobody loses what was typed when news come in.
const forms = new Map();

/**
 * @param {string} callbackId what to complete
 * @param {Object} actions `succeed(callbackId, payload)` and `fail(callbackId, error)`, both asynchronous
 */
export function callbackForm(callbackId, actions) {
  if (!forms.has(callbackId)) forms.set(callbackId, makeForm(callbackId, actions));
  return forms.get(callbackId);
}

function makeForm(callbackId, actions) {
  const payload = el("textarea", { rows: "3", spellcheck: "false", name: "payload" });
  payload.value = '{"approved": true}';
  const type = el("input", { name: "errorType", value: "Rejected", autocomplete: "off" });
  const message = el("input", { name: "errorMessage", autocomplete: "off" });
  const submit = el("button", { class: "primary" }, "Send success");
  const choose = (kind) => {
    const isFailure = kind === "failure";
    whenGood.hidden = isFailure;
    whenBad.hidden = !isFailure;
    submit.textContent = isFailure ? "Send failure" : "Send success";
  };
  const whenGood = el("label", {}, "Payload", payload);
  const whenBad = el("div", { hidden: true }, el("label", {}, "Error type", type), el("label", {}, "Message", message));
  const choice = (value, label, checked) =>
    el(
      "label",
      { class: "choice" },
      el("input", { type: "radio", name: "outcome", value, checked, on: { change: () => choose(value) } }),
      label,
    );
  const form = el(
    "form",
    { class: "block callback-form" },
    el("h3", {}, "Complete the callback"),
    el("div", { class: "choices" }, choice("success", "success", true), choice("failure", "failure", false)),
    whenGood,
    whenBad,
    el("div", { class: "buttons" }, submit, button("Send heartbeat", () => actions.heartbeat(callbackId), { class: "quiet", title: "The heartbeat timeout begins again" })),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    submit.disabled = true;
    const isDone = whenBad.hidden
      ? await actions.succeed(callbackId, payload.value)
      : await actions.fail(callbackId, { ErrorType: type.value, ErrorMessage: message.value });
    submit.disabled = false;
    if (isDone) forms.delete(callbackId);
  });
  return form;
}
