// The space-time diagram of a run, as Python drew it, with a cursor, a veil over what is to come, and what is chosen.
import { FUTURE, PAST, SELF, distance, lastAt } from "./moments.js";
import { shape } from "./stage.js";

const NEAR = 9; // pixels: how well a message has to be hit

export class Timeline {
  constructor(parent, run, svg) {
    this.run = run;
    parent.innerHTML = svg;
    this.svg = parent.querySelector("svg");
    const { x0, x1, t0, t1 } = this.svg.dataset;
    [this.left, this.right, this.start, this.end] = [x0, x1, t0, t1].map(Number);
    this.lines = this.tracks();
    this.place = new Map(run.events.index.map((index, i) => [String(index), i]));
    this.parts = this.tagged();
    const top = (this.lines[0]?.upper ?? 90) - 30;
    const bottom = (this.lines[this.lines.length - 1]?.lower ?? 120) + 20;
    Object.assign(this, { top, bottom });
    this.strips = shape(this.svg, "g", { class: "strips" });
    // What moves lies in a drawing of its own over the other, which is not painted again as the cursor goes.
    const look = { class: "distlab over", viewBox: this.svg.getAttribute("viewBox"), "aria-hidden": "true" };
    parent.style.position = "relative";
    this.over = shape(parent, "svg", look);
    this.veil = shape(this.over, "rect", { class: "veil", y: top, height: bottom - top });
    this.cursor = shape(this.over, "g", { class: "cursor" });
    shape(this.cursor, "path", { d: `M0,${top}V${bottom}` });
    shape(this.cursor, "path", { class: "grip", d: `M-5,${bottom}h10l-5,-7z` });
    const width = Number(this.svg.getAttribute("width"));
    this.over.style.setProperty("--wide", `${width}px`);
    this.width = width;
  }

  tracks() {
    return [...this.svg.querySelectorAll("rect.track")].map((track) => {
      const [upper, height] = ["y", "height"].map((name) => Number(track.getAttribute(name)));
      return { upper, lower: upper + height, middle: upper + height / 2 };
    });
  }

  // The parts of the drawing that an event owns, except the bands, which stay as they are.
  tagged() {
    const parts = [];
    for (const part of this.svg.querySelectorAll("[data-e]")) {
      if (part.matches(".state, .down, .paused, .operation, .cut")) continue;
      parts.push([part, this.place.get(part.dataset.e), this.place.get(part.dataset.d)]);
    }
    return parts;
  }

  x(time) {
    const part = this.end > this.start ? (time - this.start) / (this.end - this.start) : 0;
    return this.left + Math.min(1, Math.max(0, part)) * (this.right - this.left);
  }

  time(x) {
    const part = (x - this.left) / (this.right - this.left);
    return this.start + Math.min(1, Math.max(0, part)) * (this.end - this.start);
  }

  // The cursor moves by its transform, the veil by its edge: nothing is laid out anew.
  show(time) {
    const x = this.x(time);
    this.cursor.setAttribute("transform", `translate(${x.toFixed(1)})`);
    this.veil.setAttribute("x", x.toFixed(1));
    this.veil.setAttribute("width", Math.max(0, this.right + 8 - x).toFixed(1));
  }

  // Where in the drawing a pointer is.
  point(event) {
    const box = this.svg.getBoundingClientRect();
    const scale = this.width / box.width;
    return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
  }

  within([, y]) {
    return y >= this.top && y <= this.bottom + 34;
  }

  // The event at a point: what is drawn there, on a band the nearest in time, else the nearest message. -1: none.
  hit(point, target) {
    const tagged = target.closest?.(".mark, .note, .loss, .word");
    if (tagged && this.place.has(tagged.dataset.e)) return this.place.get(tagged.dataset.e);
    const row = this.lines.findIndex(({ upper, lower }) => point[1] >= upper - 2 && point[1] <= lower + 2);
    const here = row >= 0 ? this.onBand(row, point[0]) : -1;
    return here >= 0 ? here : this.onMessage(point); // messages cross the bands of others
  }

  onBand(row, x) {
    let [best, least] = [-1, 14];
    const { node, at } = this.run.events;
    node.forEach((one, i) => {
      const away = Math.abs(this.x(at[i]) - x);
      if (one === row && away < least) [best, least] = [i, away];
    });
    return best;
  }

  onMessage(point) {
    let [best, least] = [-1, NEAR];
    for (const flight of this.run.flights) {
      const away = distance(point, this.line(flight));
      if (away < least) [best, least] = [flight[0] < 0 ? flight[1] : flight[0], away];
    }
    return best;
  }

  // Where a message is drawn.
  line([, , from, to, , sentAt, endsAt, way]) {
    const down = to > from;
    const edge = (row, under) => (under ? this.lines[row].lower : this.lines[row].upper);
    const [y0, y1] = [edge(from, down), edge(to, !down)];
    return [this.x(sentAt), y0, this.x(endsAt ?? this.end), from === to ? y0 - 12 : y0 + way * (y1 - y0)];
  }

  // Light up what happened before an event and after it; -1 lets go.
  choose(event, marks) {
    this.strips.replaceChildren();
    this.svg.classList.toggle("choosing", event >= 0);
    this.over.classList.toggle("choosing", event >= 0);
    for (const [part, first, second] of this.parts) {
      const mark = event < 0 ? 0 : of(marks, event, first, second);
      part.classList.toggle("lit", mark > 0);
      part.classList.toggle("chosen", mark === SELF);
    }
    if (event < 0) return;
    const { node, at } = this.run.events;
    this.lines.forEach((line, row) => {
      const mine = (wanted) => node.flatMap((one, i) => (one === row && marks[i] === wanted ? [at[i]] : []));
      const [past, future] = [mine(PAST), mine(FUTURE)];
      const here = node[event] === row ? [at[event]] : [];
      if (past.length + here.length) this.strip("past", this.left, this.x(Math.max(...past, ...here)), line.upper - 3);
      if (future.length + here.length)
        this.strip("future", this.x(Math.min(...future, ...here)), this.right, line.lower + 3);
    });
    if (node[event] >= 0) {
      const place = { cx: this.x(at[event]).toFixed(1), cy: this.lines[node[event]].middle, r: 11 };
      shape(this.strips, "circle", { class: "here", ...place });
    }
  }

  strip(name, from, to, y) {
    shape(this.strips, "path", { class: name, d: `M${from.toFixed(1)},${y}H${to.toFixed(1)}` });
  }
}

// What a part of the drawing is to the chosen event; a message counts when both its ends do.
export function of(marks, chosen, first, second) {
  if (first === chosen || second === chosen) return SELF;
  if (second === undefined) return marks[first] ?? 0;
  if (marks[second] === PAST) return PAST;
  return marks[first] === FUTURE ? FUTURE : 0;
}

// The last moment that is not after a time.
export const momentAt = (at, time) => Math.max(0, lastAt(at, time));
