// The name of an execution that was started again leads to the one that it repeats: operate/bulk/lineage.py reads the same.
import { readExecutions } from "./api.js";

const LONGEST = 64;
const AGAIN = /^(.*)-again-([0-9a-zA-Z]{8})(?:-[0-9a-z]+)?$/;

const idOf = (arn) => arn.split("/").at(-1);
export const shortId = (arn) => idOf(arn).replace(/[^0-9a-zA-Z]/g, "").slice(0, 8).padEnd(8, "0");

/** What a name says, as [stem, beginning of the id]; null if it is not that of an execution that was started again. */
export const markOf = (name) => AGAIN.exec(name)?.slice(1, 3) ?? null;

/** A name that is free unless two readers start the same execution again in the same millisecond. */
export function nameAgain(doc) {
  const stem = markOf(doc.name)?.[0] ?? doc.name;
  const end = `-again-${shortId(doc.arn)}-${Date.now().toString(36)}`;
  return stem.slice(0, LONGEST - end.length) + end;
}

/** The execution that one repeats, as {arn, name}; null if its name does not say so, or it is gone. */
export async function findOrigin(doc) {
  const mark = markOf(doc.name);
  if (!mark) return null;
  const [stem, id] = mark;
  const found = await readExecutions(new URLSearchParams({ text: stem, function: doc.function, limit: "1000" }));
  return found.executions.find((each) => each.arn !== doc.arn && shortId(each.arn) === id) ?? null;
}
