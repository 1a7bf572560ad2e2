// Values in a form that people read.

/** A duration with the two units that matter. */
export function duration(milliseconds) {
  if (milliseconds < 0) return "0 ms";
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 2 : 1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  const units = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor((seconds % 86_400) / 3600), "h"],
    [Math.floor((seconds % 3600) / 60), "min"],
    [seconds % 60, "s"],
  ];
  const first = units.findIndex(([count]) => count > 0);
  return units
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}

/** Time of day with milliseconds, in the reader's time zone. */
export function clock(epoch) {
  const date = new Date(epoch);
  const two = (number) => String(number).padStart(2, "0");
  const milliseconds = String(date.getMilliseconds()).padStart(3, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${milliseconds}`;
}

/** Date and time, in the reader's time zone. */
export function moment(epoch) {
  const date = new Date(epoch);
  const two = (number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock(epoch).slice(0, 8)}`;
}

/** Time of day, with the date where it is not today's. */
export function recently(epoch) {
  const isToday = new Date(epoch).toDateString() === new Date().toDateString();
  return isToday ? clock(epoch).slice(0, 8) : moment(epoch);
}

/** The API's word for a status, as people write it. */
export function statusWord(status) {
  return status.toLowerCase().replaceAll("_", " ");
}

export function count(number, noun, plural = `${noun}s`) {
  return `${number} ${number === 1 ? noun : plural}`;
}

const KINDS = {
  Step: "step",
  Wait: "wait",
  Callback: "callback",
  Context: "child context",
  ChainedInvoke: "chained invoke",
};
const SUB_TYPES = {
  Map: "map",
  MapIteration: "map iteration",
  Parallel: "parallel",
  ParallelBranch: "parallel branch",
  RunInChildContext: "child context",
  WaitForCallback: "wait for callback",
  WaitForCondition: "wait for condition",
};

/** What an operation is. */
export function kindOf(span) {
  return SUB_TYPES[span.subType] ?? KINDS[span.kind] ?? span.kind;
}

/** What an execution environment is called, on every view. */
export function environmentName(id) {
  return `environment ${id.slice(0, 4)}`;
}
