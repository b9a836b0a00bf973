// The player: one moment of a run, shown by the stage, the table, the diagram and the words beside them.
import { cone, momentOf, pace, playing, stop } from "./moments.js";
import { Stage, html, shape } from "./stage.js";
import { Timeline, momentAt } from "./timeline.js";
import { States } from "./states.js";
import { Machines } from "./machines.js";
import { Steps, partner } from "./steps.js";

const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16];
const KEYS = [
  [["space"], "play"], [["←", "→"], "step"], [["⇧←", "⇧→"], "10"], [["home", "end"], "ends"],
  [["f", "⇧f"], "fault"], [["n", "⇧n"], "note"], [["m", "⇧m"], "mark"], [["v", "⇧v"], "violation"],
  [["↓", "↑"], "event"], [["enter"], "other end"], [["−", "+"], "speed"], [["esc"], "let go"],
];
const ICONS = {
  first: "M3,3v10M13,3L6,8l7,5z", back: "M11,3L4,8l7,5z", on: "M5,3l7,5l-7,5z", last: "M13,3v10M3,3l7,5l-7,5z",
};
const STOPS = { f: "fault", n: "note", m: "mark", v: "violation" };

class Player {
  constructor(el, run, svg) {
    this.run = run;
    Object.assign(this, { el, moment: 0, time: run.at[0], chosen: -1, speed: 2, playing: false, frame: 0 });
    this.due = pace(run.at);
    this.last = run.ends.length - 1;
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.build(svg);
    this.choose(-1);
    this.show();
  }

  // --- what there is ---

  build(svg) {
    const { el, run } = this;
    this.bar = html(el, "div", { class: "bar", role: "toolbar", "aria-label": "player" });
    this.buttons();
    const top = html(el, "div", { class: "top" });
    const left = html(top, "div", { class: "left" });
    const middle = run.machines.length ? html(top, "div", { class: "middle" }) : null;
    const right = html(top, "div", { class: "right" });
    el.classList.toggle("with-machine", middle !== null);
    this.machines = new Machines(middle, run);
    this.states = new States(right, run);
    this.stage = new Stage(left, run, (node) => this.states.open(node), (event) => this.choose(event));
    this.steps = new Steps(right, run, (event) => this.choose(event), (event) => this.visit(event));
    for (const hint of run.hints) html(el, "p", { class: "hint" }, hint);
    const diagram = html(el, "div", { class: "diagram" });
    this.timeline = new Timeline(html(diagram, "div"), run, svg);
    this.slider(diagram);
    this.help();
    this.said = html(el, "p", { class: "said", "aria-live": "polite" });
    this.listen();
  }

  button(words, label, act) {
    const made = html(this.bar, "button", { type: "button", "aria-label": label, title: label });
    if (words in ICONS)
      shape(shape(made, "svg", { viewBox: "0 0 16 16", width: 16, height: 16, class: "icon" }), "path", { d: ICONS[words] });
    else made.textContent = words;
    made.disabled = this.last === 0;
    made.addEventListener("click", act);
    return made;
  }

  buttons() {
    this.button("first", "to the beginning", () => this.go(0));
    this.button("back", "one step back", () => this.go(this.moment - 1));
    this.toggle = this.button("play", "play", () => this.play(!this.playing));
    this.toggle.classList.add("main");
    this.button("on", "one step on", () => this.go(this.moment + 1));
    this.button("last", "to the end", () => this.go(this.last));
    for (const [kind, moments] of Object.entries(this.run.stops))
      if (moments.length) this.button(`next ${kind}`, `next ${kind}`, () => this.jump(kind, 1));
    this.slower = this.button("−", "slower", () => this.pace(-1));
    this.rate = html(this.bar, "span", { class: "rate" });
    this.faster = this.button("+", "faster", () => this.pace(1));
    this.readout = html(this.bar, "span", { class: "readout" });
    this.pace(0);
  }

  // Under the diagram and as long as its axis: what is to be scrubbed.
  slider(parent) {
    const { left, right, width, start, end } = this.timeline;
    this.range = html(html(parent, "div", { class: "scrub" }), "input", { type: "range", min: start, max: end, step: "any", "aria-label": "time" });
    this.range.style.marginLeft = `calc(${(100 * left) / width}% - 8px)`;
    this.range.style.width = `calc(${(100 * (right - left)) / width}% + 16px)`;
    this.range.disabled = this.last === 0;
    this.range.addEventListener("input", () => this.scrub(Number(this.range.value)));
  }

  help() {
    const line = html(this.el, "p", { class: "keys" });
    for (const [keys, words] of KEYS) {
      if (words in this.run.stops && !this.run.stops[words].length) continue;
      const one = html(line, "span");
      for (const key of keys) html(one, "kbd", {}, key);
      one.append(` ${words}`);
    }
  }

  // --- what can be done ---

  go(moment) {
    this.play(false);
    this.move(Math.min(this.last, Math.max(0, moment)));
  }

  move(moment, time = this.run.at[moment]) {
    Object.assign(this, { moment, time });
    this.request();
  }

  scrub(time) {
    this.play(false);
    this.move(momentAt(this.run.at, time), time);
  }

  jump(kind, way) {
    const moment = stop(this.run.stops[kind], this.moment, way);
    if (moment === undefined) this.said.textContent = way > 0 ? `no ${kind} after this` : `no ${kind} before this`;
    else this.go(moment);
  }

  visit(event) {
    this.go(momentOf(this.run.ends, event));
    this.choose(event);
  }

  choose(event) {
    this.chosen = event;
    const marks = event >= 0 && this.run.whole ? cone(this.run.events, event) : new Uint8Array(this.run.events.at.length);
    this.timeline.choose(event, marks);
    this.steps.pick(event, marks);
  }

  // The next event of this step, or the one before; from nothing chosen the first, or the last.
  turn(way) {
    const { ends } = this.run;
    if (this.moment === 0) return;
    const [first, end] = [ends[this.moment - 1], ends[this.moment]];
    const inside = this.chosen >= first && this.chosen < end;
    const next = inside ? this.chosen + way : way > 0 ? first : end - 1;
    this.choose(Math.min(end - 1, Math.max(first, next)));
  }

  pace(change) {
    this.began = undefined;
    this.speed = Math.min(SPEEDS.length - 1, Math.max(0, this.speed + change));
    this.rate.textContent = `${SPEEDS[this.speed]}×`;
    [this.slower.disabled, this.faster.disabled] = [this.speed === 0, this.speed === SPEEDS.length - 1];
  }

  play(on) {
    if (on === this.playing || (on && this.last === 0)) return;
    this.playing = on;
    this.began = undefined;
    if (on && this.moment === this.last) this.move(0);
    this.toggle.textContent = on ? "pause" : "play";
    this.toggle.setAttribute("aria-label", on ? "pause" : "play");
    this.request();
  }

  // --- what is to be seen ---

  request() {
    if (!this.frame) this.frame = requestAnimationFrame((now) => this.tick(now));
  }

  tick(now) {
    this.frame = 0;
    if (this.playing) {
      this.advance(now);
      if (this.moment === this.last) this.play(false);
      else this.request();
    }
    this.show();
  }

  // In time with the clock of the page; from wherever the cursor was as playing began.
  advance(now) {
    const { due, moment, run } = this;
    if (this.began === undefined) {
      const gap = run.at[moment + 1] - run.at[moment];
      const part = gap > 0 ? (this.time - run.at[moment]) / gap : 0;
      const elapsed = moment < this.last ? due[moment] + part * (due[moment + 1] - due[moment]) : due[moment];
      this.began = now - elapsed / SPEEDS[this.speed];
    }
    const [next, time] = playing(due, run.at, (now - this.began) * SPEEDS[this.speed]);
    Object.assign(this, { moment: next, time: this.still.matches ? run.at[next] : time });
  }

  show() {
    this.timeline.show(this.time);
    this.stage.show(this.moment, this.time);
    this.range.value = this.time;
    if (this.moment === this.shown) return;
    this.shown = this.moment;
    this.states.show(this.moment);
    this.machines.show(this.moment);
    this.steps.show(this.moment);
    const when = this.run.unit === "ms" ? ` · ${this.steps.when(this.run.at[this.moment])}` : "";
    this.readout.textContent = `step ${this.moment} of ${this.last}${when}`;
    this.range.setAttribute("aria-valuetext", this.readout.textContent);
    if (!this.playing) this.said.textContent = this.steps.sentence(this.moment);
  }

  // --- mouse and keyboard ---

  listen() {
    this.el.addEventListener("keydown", (event) => this.key(event));
    const { svg } = this.timeline;
    svg.addEventListener("pointerdown", (event) => this.down(event));
    svg.addEventListener("pointermove", (event) => this.drag(event));
    svg.addEventListener("pointerup", () => (this.dragging = false));
    svg.addEventListener("pointercancel", () => (this.dragging = false));
  }

  down(event) {
    const point = this.timeline.point(event);
    if (event.button !== 0 || this.last === 0) return;
    this.el.focus({ preventScroll: true });
    const hit = this.timeline.hit(point, event.target);
    if (hit >= 0) return this.choose(hit);
    if (!this.timeline.within(point)) return this.choose(-1);
    this.dragging = true;
    this.timeline.svg.setPointerCapture(event.pointerId);
    this.scrub(this.timeline.time(point[0]));
  }

  drag(event) {
    const point = this.timeline.point(event);
    if (this.dragging) return this.scrub(this.timeline.time(point[0]));
    const hit = this.timeline.hit(point, event.target) >= 0;
    this.timeline.svg.style.cursor = hit ? "pointer" : this.timeline.within(point) ? "col-resize" : "";
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.key === "Tab") return;
    event.stopPropagation(); // JupyterLab would take them for its own
    const pressed = event.target.closest("button") && (event.key === "Enter" || event.key === " ");
    if (pressed) return;
    if (this.act(event.key.length === 1 ? event.key.toLowerCase() : event.key, event.shiftKey)) event.preventDefault();
  }

  act(key, shift) {
    const far = shift ? 10 : 1;
    if (key in STOPS && this.run.stops[STOPS[key]].length) this.jump(STOPS[key], shift ? -1 : 1);
    else if (key === " ") this.play(!this.playing);
    else if (key === "ArrowLeft") this.go(this.moment - far);
    else if (key === "ArrowRight") this.go(this.moment + far);
    else if (key === "Home") this.go(0);
    else if (key === "End") this.go(this.last);
    else if (key === "ArrowDown") this.turn(1);
    else if (key === "ArrowUp") this.turn(-1);
    else if (key === "Enter") this.cross();
    else if (key === "-" || key === "−") this.pace(-1);
    else if (key === "+" || key === "=") this.pace(1);
    else if (key === "Escape") this.chosen >= 0 ? this.choose(-1) : document.activeElement.blur();
    else return false;
    return true;
  }

  // From one end of the chosen message to the other.
  cross() {
    const other = this.chosen >= 0 ? partner(this.run, this.chosen) : -1;
    if (other >= 0) this.visit(other);
  }

  end() {
    cancelAnimationFrame(this.frame);
    this.playing = false;
  }
}

function render({ model, el }) {
  el.classList.add("distlab-widget", "distlab-player");
  el.addEventListener("focusin", (event) => {
    event.target.dataset.lmSuppressShortcuts = "true"; // JupyterLab and Notebook: these keys are ours
  });
  el.tabIndex = 0;
  el.setAttribute("role", "group");
  el.setAttribute("aria-label", "a run to step through: arrow keys step, the space bar plays");
  const player = new Player(el, model.get("run"), model.get("svg"));
  return () => player.end();
}

export default { render };
