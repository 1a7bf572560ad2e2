// From moments to places on the time axis.
//
// An execution that waits for days and works for milliseconds shows nothing when it is drawn to scale. So the periods in
// which no invocation ran can be drawn shorter than they were; each then tells its length.

import { statesOf } from "./chart.js";

const MOST_TICKS = 7;

/**
 * @param {Object} doc the timeline document
 * @param {number} now the service's time in epoch milliseconds
 * @param {boolean} compressed whether suspended periods are drawn short
 */
export function makeScale(doc, now, compressed) {
  const pieces = split(doc, now);
  const running = sum(pieces.filter((piece) => piece.running));
  const gaps = pieces.filter((piece) => !piece.running).length;
  const longest = compressed ? Math.max(running, 1) * Math.max(0.9 / Math.max(gaps, 1), 0.03) : Infinity;
  for (const piece of pieces) piece.weight = piece.running ? piece.length : Math.min(piece.length, longest);
  const total = pieces.reduce((sofar, piece) => sofar + piece.weight, 0) || 1;
  let place = 0;
  for (const piece of pieces) {
    piece.from = place;
    place += piece.weight / total;
    piece.to = place;
  }
  const at = (epoch) => {
    const piece = pieces.find((each) => epoch <= each.end) ?? pieces.at(-1);
    if (!piece.length) return piece.from;
    const share = Math.min(Math.max((epoch - piece.start) / piece.length, 0), 1);
    return piece.from + share * (piece.to - piece.from);
  };
  const isCut = pieces.some((piece) => !piece.running && piece.length > longest);
  return { at, pieces, ticks: isCut ? cutTicks(pieces, doc.start) : evenTicks(doc.start, pieces.at(-1).end, at) };
}

/** Whether a timeline is easier to read with its suspended periods drawn short. */
export function isBetterCompressed(doc) {
  const rest = doc.running + (doc.queued ?? 0);
  return doc.suspended !== null && doc.suspended > 0.4 * Math.max(rest + doc.suspended, 1);
}

/** The execution cut where it was suspended and resumed; what is to come is part of it as far as it is known. */
function split(doc, now) {
  const end = doc.end ?? Math.max(now, ...doc.spans.filter((span) => span.end === null && span.due).map((s) => s.due));
  const pieces = [];
  let reached = doc.start;
  const add = (until, running) => {
    if (until > reached) pieces.push({ start: reached, end: until, length: until - reached, running });
    reached = Math.max(reached, until);
  };
  // Time in a queue is shown in full: it is what a reader looks for.
  const isRunning = doc.waiting !== null || doc.invocations.some((each) => each.end === null);
  const states = statesOf(doc, now);
  states.forEach(({ start, stop }, position) => {
    add(start, false);
    const goesOn = isRunning && position === states.length - 1;
    add(goesOn ? Math.max(stop, doc.start + stepUp(now - doc.start)) : stop, true);
  });
  const silent = doc.running === null;
  if (doc.end === null && !isRunning && end <= now) add(doc.start + stepUp(now - doc.start), silent);
  add(end, silent);
  return pieces.length ? pieces : [{ start: doc.start, end: doc.start, length: 0, running: true }];
}

/** The next of a row of lengths that grow by a quarter, so that a growing axis moves now and then, not all the time. */
function stepUp(length) {
  return 1.25 ** Math.ceil(Math.log(Math.max(length, 200)) / Math.log(1.25));
}

function evenTicks(start, end, at) {
  const step = niceStep((end - start) / MOST_TICKS);
  const ticks = [];
  for (let offset = 0; offset <= end - start; offset += step) ticks.push({ place: at(start + offset), offset });
  return ticks;
}

/** A tick where each period begins in which the handler ran; those that would stand too close are left out. */
function cutTicks(pieces, start) {
  const ticks = [{ place: 0, offset: 0 }];
  for (const piece of pieces.filter((each) => each.running)) {
    if (piece.from - ticks.at(-1).place > 0.11) ticks.push({ place: piece.from, offset: piece.start - start });
  }
  return ticks;
}

const UNITS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 10e3, 15e3, 30e3, 60e3, 120e3, 300e3, 600e3, 900e3, 18e5];

function niceStep(length) {
  const found = UNITS.find((unit) => unit >= length);
  if (found) return found;
  const hour = 36e5;
  const hours = [1, 2, 3, 6, 12, 24, 48, 120, 240, 720].find((each) => each * hour >= length);
  return (hours ?? Math.ceil(length / hour / 720) * 720) * hour;
}

function sum(pieces) {
  return pieces.reduce((sofar, piece) => sofar + piece.length, 0);
}
