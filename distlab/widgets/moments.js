// What a run was at any moment, computed from the plain data that Python sends (frames.py):
//   ends[m]    how many events have happened at moment m; moment 0 is before all of them
//   at[m]      its time
//   events     columns: kind, node (-1: none), cause (-1: none), at, text (a number in `texts`), index in the trace
//   flights    [sent, end, from, to, kind, sent at, ends at, how far it gets, lost]; sent, end: events, or -1
//   a column   [moments, texts]: the value has texts[i] from moments[i] on
// No drawing here: these functions are tested without a browser.

// The place of the last number in a sorted list that is not greater than `value`; -1 if all are.
export function lastAt(sorted, value) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

// A column's text at a moment; undefined before the column begins.
export const textAt = ([moments, texts], moment) => texts[lastAt(moments, moment)];

// What a column changed from and to at a moment, or null.
export function changeAt([moments, texts], moment) {
  const i = lastAt(moments, moment);
  return moment > 0 && moments[i] === moment ? [texts[i - 1], texts[i]] : null;
}

// Of two texts the part that differs, cut at word boundaries where they are long.
export function difference(before, after) {
  if (before.length + after.length < 32) return [before, after];
  const edge = (text, i) => i <= 0 || i >= text.length || /[\s,([{]/.test(text[i - 1]) || /[\s,)\]}]/.test(text[i]);
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  while (start > 0 && !(edge(before, start) && edge(after, start))) start -= 1;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  while (end > 0 && !(edge(before, before.length - end) && edge(after, after.length - end))) end -= 1;
  const cut = (text) => text.slice(start, text.length - end).replace(/^[\s,]+|[\s,]+$/g, "");
  return [cut(before), cut(after)];
}

// At which moment an event has happened.
export function momentOf(ends, event) {
  return lastAt(ends, event) + 1;
}

// Whether a message is under way at a moment.
export function flying([sent, end], ends, moment) {
  return sent < ends[moment] && (end < 0 ? sent >= 0 : end >= ends[moment]);
}

// How far a message is on its way at a time: 0 at its sender, 1 at its receiver.
export function progress([, , , , , sentAt, endsAt, way], time, last) {
  const end = endsAt ?? Math.max(last, sentAt) + (last - sentAt) * 0.25;
  const part = end > sentAt ? (time - sentAt) / (end - sentAt) : 1;
  return way * Math.min(1, Math.max(0, part));
}

export const PAST = 1;
export const FUTURE = 2;
export const SELF = 3;
const OF_THE_NETWORK = new Set(["cut", "healed", "lost", "duplicated"]); // on no node's line

// For each event whether it happened before or after the chosen one (Lamport 1978): along a node, along a message.
export function cone({ kind, node, cause }, chosen) {
  const marks = new Uint8Array(kind.length);
  marks[chosen] = SELF;
  const counts = (i) => !OF_THE_NETWORK.has(kind[i]);
  const after = new Set(counts(chosen) ? [node[chosen]] : []);
  for (let i = chosen + 1; i < kind.length; i += 1) {
    if (!counts(i)) continue;
    const from = kind[i] === "delivered" && cause[i] >= 0 ? marks[cause[i]] : 0;
    if (after.has(node[i]) || from === FUTURE || from === SELF) {
      marks[i] = FUTURE;
      after.add(node[i]);
    }
  }
  const before = new Set(counts(chosen) ? [node[chosen]] : []);
  const sendings = new Set(kind[chosen] === "delivered" ? [cause[chosen]] : []);
  for (let i = chosen - 1; i >= 0; i -= 1) {
    if (!counts(i) || !(before.has(node[i]) || sendings.has(i))) continue;
    marks[i] = PAST;
    before.add(node[i]);
    if (kind[i] === "delivered") sendings.add(cause[i]);
  }
  return marks;
}

const LEAST = 140; // milliseconds that a moment is shown at speed 1, so that it can be seen
const MOST = 1400; // and that the longest wait takes
const TYPICAL = 420;

// When each moment is due, in milliseconds of playing at speed 1: in proportion to its time, within bounds.
export function pace(at) {
  const gaps = at.slice(1).map((time, i) => time - at[i]);
  const waits = gaps.filter((gap) => gap > 0).sort((a, b) => a - b);
  const scale = waits.length ? TYPICAL / waits[waits.length >> 1] : 0;
  const due = [0];
  for (const gap of gaps) due.push(due[due.length - 1] + Math.min(MOST, Math.max(LEAST, gap * scale)));
  return due;
}

// The moment and the time after playing for so many milliseconds.
export function playing(due, at, elapsed) {
  const moment = Math.max(0, lastAt(due, elapsed));
  if (moment >= due.length - 1) return [due.length - 1, at[at.length - 1]];
  const part = (elapsed - due[moment]) / (due[moment + 1] - due[moment]);
  return [moment, at[moment] + part * (at[moment + 1] - at[moment])];
}

// The next of some sorted stops after a moment, or the one before it; undefined if there is none.
export function stop(stops, moment, way) {
  return way > 0 ? stops.find((one) => one > moment) : stops.findLast((one) => one < moment);
}

// How far a point is from a line.
export function distance([x, y], [x0, y0, x1, y1]) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const along = ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy || 1);
  const part = Math.min(1, Math.max(0, along));
  return Math.hypot(x - x0 - part * dx, y - y0 - part * dy);
}
