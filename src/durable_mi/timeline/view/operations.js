// The operations as a reader thinks of them: the wait for a callback is one, although the SDK makes three of it.

/**
 * @param {Object} doc the timeline document
 * @returns {{spans: Object[], ownerOf: Map<string, string>}} the operations to show, and which of them stands for another
 */
export function operationsOf(doc) {
  const children = new Map();
  for (const span of doc.spans) {
    if (!children.has(span.parent)) children.set(span.parent, []);
    children.get(span.parent).push(span);
  }
  const ownerOf = new Map();
  const spans = [];
  for (const span of doc.spans) {
    if (ownerOf.has(span.id)) continue;
    const inside = span.subType === "WaitForCallback" ? children.get(span.id) ?? [] : [];
    const callback = inside.find((each) => each.kind === "Callback");
    if (!callback || inside.some((each) => children.has(each.id))) {
      spans.push(span);
      continue;
    }
    for (const each of inside) ownerOf.set(each.id, span.id);
    const submitter = inside.find((each) => each.kind === "Step") ?? null;
    const { callbackId, deadline, heartbeat } = callback;
    spans.push({
      ...span, kind: "Callback", callbackId, deadline, heartbeat, submitter, attempts: submitter?.attempts ?? [],
      callbackOpen: callback.end === null,
      // The callback's own error has the type that was sent; the SDK wraps it in the context's.
      error: callback.error ?? submitter?.error ?? span.error ?? null,
      result: span.result ?? callback.result,
    });
  }
  return { spans, ownerOf };
}

/** The operation that the execution failed in: the innermost one whose error the execution carries; null if none does. */
export function failedOperation(doc) {
  if (!doc.error) return null;
  const message = doc.error.message ?? "";
  const failed = operationsOf(doc).spans.filter((span) => (span.status === "FAILED" || span.status === "TIMED_OUT") && span.error);
  const carried = failed.filter(({ error }) => (error.message ?? "") === message || (error.message && message.includes(error.message)));
  return carried.sort((one, other) => other.depth - one.depth || (other.end ?? 0) - (one.end ?? 0))[0] ?? null;
}

/** The operations to draw: those that fit, with the contexts around them. */
export function visible(spans, { text, failedOnly }) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length && !failedOnly) return { shown: spans, found: spans.length };
  const isBad = (span) => span.status === "FAILED" || span.status === "TIMED_OUT" || span.attempts.some((each) => each.error);
  const fits = (span) => words.every((word) => span.name.toLowerCase().includes(word)) && (!failedOnly || isBad(span));
  const byId = new Map(spans.map((span) => [span.id, span]));
  const kept = new Set();
  let found = 0;
  for (const span of spans.filter(fits)) {
    found += 1;
    for (let each = span; each && !kept.has(each.id); each = byId.get(each.parent)) kept.add(each.id);
  }
  return { shown: spans.filter((span) => kept.has(span.id)), found };
}
