// Everything that is known of what the reader chose: the execution, an environment or an operation.
import { environmentsOf, failureOf, statusClass } from "./chart.js";
import { callbackForm } from "./callback.js";
import { button, el } from "./dom.js";
import { clock, duration, environmentName, kindOf, moment, recently, statusWord } from "./format.js";
import { foldedLines, kindOfLine } from "./noise.js";
import { operationsOf } from "./operations.js";

/**
 * @param {Object} doc the timeline document
 * @param {Object} selected what the reader chose: {type, id}
 * @param {Object|null} actions what can be done; null in a file
 * @returns {{shown: *, make: () => Node[]}} what it depends on, and how to draw it
 */
export function inspect(doc, selected, actions) {
  if (selected.type === "environment") return inspectEnvironment(doc, selected.id, actions);
  const operations = operationsOf(doc);
  const id = operations.ownerOf.get(selected.id) ?? selected.id;
  const span = selected.type === "span" && operations.spans.find((each) => each.id === id);
  return span ? inspectSpan(doc, span, actions) : inspectExecution(doc);
}

function inspectExecution(doc) {
  const logs = doc.logs?.filter((entry) => !entry.operation) ?? null;
  return {
    shown: [doc.arn, doc.status, doc.end, doc.input, doc.result, doc.error, logs],
    make: () => [
      heading("Execution", statusClass(doc.status), statusWord(doc.status)),
      facts([
        ["started", moment(doc.start)],
        ["ended", doc.end === null ? null : moment(doc.end)],
        ["name", doc.name],
        ["ARN", copyable(doc.arn)],
      ]),
      errorBlock(doc.error),
      payload("Result", doc.result),
      payload("Input", doc.input),
      logBlock("Log lines outside of operations", logs, doc.start),
    ],
  };
}

function inspectEnvironment(doc, id, actions) {
  const environments = environmentsOf(doc);
  const position = environments.findIndex((each) => (each.id ?? "") === id);
  const { invocations } = environments[position] ?? { invocations: [] };
  const requests = new Set(invocations.map((each) => each.requestId));
  const logs = doc.logs?.filter((entry) => requests.has(entry.requestId)) ?? null;
  return {
    shown: [id, invocations, logs],
    make: () => [
      heading(id ? sentence(environmentName(id)) : "Invocations"),
      id ? facts([["id", copyable(id)]]) : null,
      ...invocations.map((each, number) => invocationBlock(each, number, doc, actions)),
      logBlock("Log", logs, doc.start),
    ],
  };
}

const sentence = (text) => text[0].toUpperCase() + text.slice(1);

function invocationBlock(invocation, number, doc, actions) {
  const isRunning = invocation.end === null;
  return el(
    "section",
    { class: "block" },
    el("h3", {}, `Invocation ${number + 1}`),
    facts([
      ["process", invocation.pid === null ? null : String(invocation.pid)],
      ["started", `${clock(invocation.start)}  (+${duration(invocation.start - doc.start)})`],
      ["took", isRunning ? "running" : duration(invocation.end - invocation.start)],
      ["waited", invocation.requested === null || invocation.requested === invocation.start ? null : duration(invocation.start - invocation.requested)],
      ["request id", copyable(invocation.requestId)],
    ]),
    invocation.error ? el("div", { class: "error" }, el("p", {}, failureOf(invocation))) : null,
    isRunning && actions?.canChange && invocation.pid !== null
      ? button(`Kill process ${invocation.pid}`, () => actions.kill(invocation.pid), { class: "danger" })
      : null,
  );
}

function inspectSpan(doc, span, actions) {
  const { ownerOf } = operationsOf(doc);
  const logs = doc.logs?.filter((entry) => (ownerOf.get(entry.operation) ?? entry.operation) === span.id) ?? null;
  const isOpen = span.end === null && !doc.hasEnded;
  const single = span.attempts.length < 2;
  return {
    shown: [span, logs, isOpen, actions?.canChange ?? false],
    make: () => [
      heading(span.name, statusClass(span.status), statusWord(span.status)),
      facts([
        ["kind", kindOf(span)],
        ["started", `${clock(span.start)}  (+${duration(span.start - doc.start)})`],
        ["took", span.end === null ? null : tookText(span.start, span.end)],
        ["due", isOpen && span.due ? recently(span.due) : null],
        ["times out", span.deadline ? recently(span.deadline) : null],
        ["heartbeat", span.heartbeat ? `every ${duration(span.heartbeat)}` : null],
        ["function", span.functionName],
        ["version", span.executedVersion],
        ["tenant", span.tenant],
        ["execution", childLink(span, actions)],
        ["callback id", span.callbackId ? copyable(span.callbackId) : null],
        ["submitter", span.submitter ? statusWord(span.submitter.status) : null],
      ]),
      span.callbackId && isOpen && span.callbackOpen !== false && actions?.canChange ? callbackForm(span.callbackId, actions) : null,
      single ? errorBlock(span.error) : attemptBlock(span, doc, isOpen),
      payload("Result", span.result),
      payload("Input", span.input),
      logBlock("Log", logs, doc.start),
    ],
  };
}

function childLink(span, actions) {
  if (!span.childArn) return null;
  const arn = el("code", { class: "wrap" }, span.childArn);
  return actions ? el("a", { href: actions.hrefOf(span.childArn) }, arn) : arn;
}

function attemptBlock(span, doc, isOpen) {
  return el(
    "section",
    { class: "block" },
    el("h3", {}, "Attempts"),
    ...span.attempts.map((attempt, position) =>
      el(
        "div",
        { class: "attempt" },
        el(
          "p",
          { class: "attempt-line" },
          el("span", { class: `dot ${statusClass(attempt.status)}` }),
          el("strong", {}, `attempt ${attempt.number}`),
          ` ${statusWord(attempt.status)} at +${duration((attempt.end ?? attempt.start) - doc.start)}`,
          attempt.retryDelay !== null && (isOpen || position < span.attempts.length - 1)
            ? `, next in ${duration(attempt.retryDelay)}`
            : null,
        ),
        errorText(attempt.error),
        ...payloadText("State at this poll", attempt.result),
      ),
    ),
  );
}

/** A step's start and end that came in one checkpoint carry one time, which does not show how long it took. */
function tookText(start, end) {
  return end > start ? duration(end - start) : "started and ended in one checkpoint";
}

function heading(title, dot, status) {
  return el(
    "h2",
    { class: "inspector-title" },
    title,
    status ? el("span", { class: `pill ${dot}` }, status) : null,
  );
}

function copyable(text) {
  const copy = button("copy", async () => {
    await navigator.clipboard.writeText(text);
    copy.textContent = "copied";
  }, { class: "quiet copy" });
  return [el("code", { class: "wrap" }, text), " ", copy];
}

function facts(pairs) {
  const given = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return el("dl", { class: "facts" }, ...given.flatMap(([term, value]) => [el("dt", {}, term), el("dd", {}, value)]));
}

function errorBlock(error) {
  return error && el("section", { class: "block" }, el("h3", {}, "Error"), errorText(error));
}

function errorText(error) {
  if (!error) return null;
  const said = [error.type, error.message].filter(Boolean).join(": ") || "no error details";
  return el(
    "div",
    { class: "error" },
    el("p", {}, said),
    error.data ? el("pre", { tabindex: "0" }, error.data) : null,
    error.trace.length ? traceback(error.trace) : null,
  );
}

export function traceback(frames) {
  const own = frames.join("\n").replace(/^\n+|\s+$/g, "");
  return el("details", {}, el("summary", {}, "traceback"), el("pre", { tabindex: "0" }, own));
}

function payload(title, value) {
  if (!value) return null;
  return el(
    "section",
    { class: "block" },
    el("h3", {}, title),
    ...payloadText(title, value),
  );
}

function payloadText(title, value) {
  if (!value) return [];
  const hint = `${value.cut.toLocaleString()} more characters are not shown here`;
  return [
    el("pre", { class: "payload", tabindex: "0", "aria-label": title }, value.text),
    value.cut ? el("p", { class: "hint" }, hint) : null,
  ];
}

function logBlock(title, entries, origin) {
  if (entries === null) return el("p", { class: "hint" }, "The log could not be read.");
  const isOwn = (entry) => kindOfLine(entry) !== "chatter";
  if (!entries.some(isOwn)) return null;
  return el(
    "section",
    { class: "block" },
    el("h3", {}, title),
    el("ol", { class: "log" }, ...foldedLines(entries, (entry) => logLine(entry, origin))),
  );
}

export function logLine(entry, origin) {
  const level = entry.level ? `level-${entry.level.toLowerCase()}` : "";
  return [
    el("span", { class: "offset", title: clock(entry.at) }, `+${duration(entry.at - origin)}`),
    el("span", { class: `level ${level}` }, entry.level ?? "OUTPUT"),
    el(
      "span",
      { class: "message" },
      entry.message,
      entry.error && !entry.message.includes(entry.error) ? el("span", { class: "said" }, entry.error) : null,
      entry.trace.length ? traceback(entry.trace) : null,
    ),
  ];
}
