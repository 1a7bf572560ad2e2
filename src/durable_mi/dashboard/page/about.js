// Where the executions are, what the page may do there, and the functions. Asked for again when a form needs it fresh.
import { readAbout } from "./api.js";

let known = null;

export const about = () => (known ??= readAbout().catch((error) => { known = null; throw error; }));

export function freshAbout() {
  known = null;
  return about();
}
