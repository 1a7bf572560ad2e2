// The name of an execution that was started again leads to the one that it repeats.
import { readExecutions } from "./api.js";

const LONGEST = 64;
const AGAIN = /^(.*)-again-([0-9a-zA-Z]{8})(?:-[0-9a-z]+)?$/;

const idOf = (arn) => arn.split("/").at(-1);
const shortId = (arn) => idOf(arn).replace(/[^0-9a-zA-Z]/g, "").slice(0, 8);

/** A name that is free unless two readers start the same execution again in the same millisecond. */
export function nameAgain(doc) {
  const base = AGAIN.exec(doc.name)?.[1] ?? doc.name;
  const end = `-again-${shortId(doc.arn)}-${Date.now().toString(36)}`;
  return base.slice(0, LONGEST - end.length) + end;
}

/** The execution that one repeats, as {arn, name}; null if its name does not say so, or it is gone. */
export async function findOrigin(doc) {
  const match = AGAIN.exec(doc.name);
  if (!match) return null;
  const [, base, id] = match;
  const found = await readExecutions(new URLSearchParams({ text: base, function: doc.function, limit: "1000" }));
  return found.executions.find((each) => each.arn !== doc.arn && shortId(each.arn) === id) ?? null;
}
