// What matters first: where and why it failed, or what it waits for, until when and since when.
import { button, copyButton, el } from "./dom.js";
import { count, duration, kindOf, recently } from "./format.js";
import { failedOperation, operationsOf } from "./operations.js";

/** What a running execution waits for: callbacks first, then sleeps and retries. */
function waits(doc) {
  if (doc.hasEnded) return [];
  const rank = (span) => (span.kind === "Callback" ? 0 : span.kind === "Wait" ? 1 : span.kind === "ChainedInvoke" ? 2 : 3);
  return operationsOf(doc).spans
    .filter((span) => span.end === null && (span.kind === "Callback" ? span.callbackOpen !== false : span.kind === "Wait" || span.kind === "ChainedInvoke" || span.status === "PENDING"))
    .sort((one, other) => rank(one) - rank(other));
}

/** What the banners depend on. */
export const bannerKey = (doc) => [doc.status, doc.error, doc.notices, waits(doc).map((span) => [span.id, span.due, span.deadline]), failedOperation(doc)?.id, doc.why];

/**
 * @param {Object} doc the timeline document
 * @param {Object|null} actions what a reader can do; null in a file
 * @param {(span: Object, isForm?: boolean) => void} jump shows an operation
 */
export function banners(doc, actions, jump) {
  const told = doc.notices.map(({ at, text }) =>
    el("p", { class: "told" }, el("span", { class: "offset" }, recently(at)), el("span", {}, text)),
  );
  const open = waits(doc);
  return [...told, failure(doc, jump), paused(doc), ...open.slice(0, 5).map((span) => waiting(span, actions, jump)), rest(open.length - 5), diagnosis(doc.why)];
}

function failure(doc, jump) {
  if (doc.status === "TIMED_OUT") {
    const open = operationsOf(doc).spans.filter((span) => span.end === null);
    return banner("is-failed", ["The execution timed out", open.length ? [" in ", el("strong", {}, open.at(-1).name)] : []].flat(), open.length ? button("Show it", () => jump(open.at(-1))) : null);
  }
  if (doc.status !== "FAILED") return null;
  const span = failedOperation(doc);
  const error = span?.error ?? doc.error;
  const said = error ? el("span", { class: "why" }, el("strong", {}, error.type ?? "error"), error.message ? `: ${error.message}` : "") : null;
  if (!span) return banner("is-failed", ["The handler failed outside of an operation. ", said]);
  const attempts = span.attempts.length > 1 ? ` at attempt ${span.attempts.at(-1).number}` : "";
  const text = [`Failed in ${kindOf(span)} `, el("strong", {}, span.name), `${attempts}. `, said];
  return banner("is-failed", text, button("Show it", () => jump(span)));
}

function paused(doc) {
  if (doc.status === "PAUSED") return banner("is-waiting", ["Paused. Waits and callbacks still complete; the handler runs again after Resume."]);
  return doc.status === "PAUSING" ? banner("is-waiting", ["Pausing: the handler stops at its next checkpoint."]) : null;
}

function waiting(span, actions, jump) {
  const name = el("strong", {}, span.name);
  const since = `since ${recently(span.start)}`;
  if (span.kind === "Callback") {
    const until = span.deadline ? `, times out at ${recently(span.deadline)}` : ", without a deadline";
    const open = actions?.canChange ?? false ? button("Complete…", () => jump(span, true), { class: "primary" }) : button("Show it", () => jump(span));
    return banner("is-waiting", ["Waits for callback ", name, ` ${since}${until}`], open);
  }
  if (span.kind === "Wait") return banner("is-waiting", ["Sleeps in ", name, ` ${since}`, span.due ? ` until ${recently(span.due)}` : ""], button("Show it", () => jump(span)));
  if (span.kind === "ChainedInvoke") return banner("is-waiting", ["Waits for ", span.functionName ?? "a function", " in ", name, ` ${since}`], button("Show it", () => jump(span)));
  const last = span.attempts.at(-1);
  const after = last?.error ? ` after ${last.error.type ?? "an error"}` : "";
  const wait = last?.retryDelay ? `, ${duration(last.retryDelay)} later` : "";
  return banner("is-waiting", ["Tries ", name, ` again${after}${span.due ? ` at ${recently(span.due)}` : wait} (attempt ${span.attempts.length + 1})`], button("Show it", () => jump(span)));
}

/** What `durable-mi why` says of it; what could not be read is no claim. */
function diagnosis(why) {
  if (!why) return null;
  const command = why.commands[0];
  const unread = why.unread.map((line) => el("p", { class: "hint" }, `Not read, so nothing is concluded from it: ${line}`));
  const next = command && el("p", { class: "next" }, `To ${command.purpose}: `, el("code", {}, command.line), copyButton(command.line));
  return el("section", { class: "diagnosis", "aria-label": "Why" }, el("p", {}, why.paragraph), next, ...unread);
}

const rest = (more) => (more > 0 ? el("p", { class: "hint" }, `and ${count(more, "more open operation")}`) : null);

function banner(kind, text, action = null) {
  return el("p", { class: `waiting ${kind}` }, el("span", { class: `dot ${kind}` }), el("span", {}, ...text), action);
}
