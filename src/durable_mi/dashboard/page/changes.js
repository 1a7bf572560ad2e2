// What can be done to executions: which of them it applies to, what it means, and the call.
import { fail, heartbeat, pause, readTimeline, remove, resume, stop, succeed } from "./api.js";

const RUNNING = new Set(["RUNNING", "PAUSING", "PAUSED"]);
const ENDED = new Set(["SUCCEEDED", "FAILED", "TIMED_OUT", "STOPPED"]);

/** Calls something for each open callback of an execution. */
const each = (call) => async (arn, answer) => {
  const doc = await readTimeline(arn);
  const open = doc.hasEnded ? [] : doc.spans.filter((span) => span.kind === "Callback" && span.end === null);
  if (!open.length) throw new Error("has no open callback");
  for (const span of open) await call(span.callbackId, answer);
};

export const CHANGES = {
  stop: {
    verb: "Stop", done: "Stopped", applies: (status) => RUNNING.has(status), run: stop,
    means: "Its status becomes STOPPED, and it cannot be resumed.",
  },
  pause: {
    verb: "Pause", done: "Paused", applies: (status) => status === "RUNNING", run: pause,
    means: "The handler stops at its next checkpoint. Waits and callbacks still complete; the timeout does not run.",
  },
  resume: {
    verb: "Resume", done: "Resumed", applies: (status) => status === "PAUSED" || status === "PAUSING", run: resume,
    means: "It goes on where it was paused, on the same version.",
  },
  remove: {
    verb: "Delete", done: "Deleted", applies: (status) => ENDED.has(status), run: remove,
    means: "Its history, input and result are gone for good.",
  },
  succeed: {
    verb: "Send success", done: "Sent success", applies: (status) => RUNNING.has(status), run: each(succeed),
    means: "Every open callback of it completes with this payload.", asks: "payload",
  },
  fail: {
    verb: "Send failure", done: "Sent failure", applies: (status) => RUNNING.has(status), run: each(fail),
    means: "Every open callback of it fails with this error.", asks: "error",
  },
  heartbeat: {
    verb: "Send heartbeat", done: "Sent heartbeat", applies: (status) => RUNNING.has(status), run: each(heartbeat),
    means: "The heartbeat timeout of every open callback of it begins again.",
  },
};
