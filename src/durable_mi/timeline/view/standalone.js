// The script of a self-contained file: the document is in the file itself.
import { mountTimeline } from "./timeline.js";

mountTimeline(document.querySelector("main"), null).update(JSON.parse(document.querySelector("#timeline").textContent));
