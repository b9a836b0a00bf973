// The adversary: what may happen next as cards to press, the network, the states, the diagram up to now, and the search.
// Python plays; this draws how the play stands, and says what was pressed.
import { html } from "./stage.js";
import { Plot } from "./plot.js";
import { States } from "./states.js";
import { meaning } from "./plays.js";
import { Network } from "./network.js";
import { Deck, button } from "./deck.js";
import { Verdict } from "./verdict.js";

const PATIENCE = 3000; // milliseconds until a press that nobody answers is reported
const GONE = "No answer from Python. If the kernel was stopped or restarted, run this cell again.";
const HELP = [
  [["↑", "↓"], "choose"], [["d"], "deliver, fire"], [["x"], "drop"], [["t"], "twice"], [["c"], "crash inside"],
  [["z", "←"], "undo"], [["→"], "redo"], [["b"], "branch"], [["s"], "save"], [["w"], "can I still win?"],
  [["?"], "a shorter way?"],
];

class View {
  constructor(el, model) {
    Object.assign(this, { el, model, saving: false });
    this.build();
    this.listeners = {
      "change:board": () => this.show(), "change:query": () => this.judge(), "change:wrong": () => this.complain(),
      "change:answered": () => this.answered(),
    };
    for (const [event, listener] of Object.entries(this.listeners)) model.on(event, listener);
    this.show();
    this.complain();
  }

  // --- what there is ---

  build() {
    const { el } = this;
    const head = html(el, "div", { class: "head" });
    this.title = html(head, "h3");
    this.count = html(head, "span", { class: "muted count" });
    const bar = html(head, "div", { class: "bar", role: "toolbar", "aria-label": "the play" });
    this.buttons = {};
    for (const [name, words, press] of [
      ["undo", "undo", () => this.send({ do: "undo" })], ["redo", "redo", () => this.send({ do: "redo" })],
      ["branch", "branch", () => this.send({ do: "branch" })], ["save", "save schedule", () => this.save()],
    ]) this.buttons[name] = button(bar, words, press);
    this.notice = html(el, "p", { class: "wrong", role: "alert" });
    this.saved = html(el, "div", { class: "saved", hidden: "" });
    const table = html(el, "div", { class: "table" });
    this.network = new Network(html(table, "div", { class: "net" }), (what, which) => this.deck.pressed(what, which));
    const send = (press) => this.send(press);
    this.deck = new Deck(html(table, "div", { class: "deck" }), send, (key, focus) => this.turned(key, focus));
    const side = html(table, "div", { class: "side" });
    this.states = html(side, "div", { class: "stand" });
    this.verdict = new Verdict(side, send);
    this.hints = html(el, "div");
    this.lines = html(el, "div", { class: "lines", role: "group", "aria-label": "lines of play" });
    const plot = html(el, "div", { class: "plot" });
    this.diagram = new Plot(html(plot, "div", { class: "diagram" }));
    this.range = html(plot, "input", { type: "range", min: 0, step: 1, "aria-label": "how much of this line is played" });
    this.range.addEventListener("input", () => this.slide());
    this.help();
    this.said = html(el, "p", { class: "said", "aria-live": "polite" });
    el.addEventListener("keydown", (event) => this.press(event));
  }

  help() {
    const line = html(this.el, "p", { class: "keys" });
    for (const [keys, words] of HELP) {
      const one = html(line, "span");
      for (const key of keys) html(one, "kbd", {}, key);
      one.append(` ${words}`);
    }
  }

  // --- how the play stands ---

  show() {
    const [board, run] = [this.model.get("board"), this.model.get("run")];
    const inside = this.el.contains(document.activeElement);
    this.board = board;
    const moment = run.moments[board.at];
    this.title.textContent = board.title;
    this.count.textContent = [`step ${board.step}`, board.used].filter(Boolean).join(" · ");
    [this.buttons.undo.disabled, this.buttons.redo.disabled] = [board.at === 0, board.at === board.plays];
    this.network.show(run, board, moment);
    this.deck.show(board);
    this.states.replaceChildren();
    new States(this.states, run).show(moment);
    this.judge();
    this.hints.replaceChildren();
    for (const hint of run.hints) html(this.hints, "p", { class: "hint" }, hint);
    this.branches();
    this.draw(run, moment);
    [this.range.max, this.range.value, this.range.disabled] = [board.plays, board.at, board.plays === 0];
    this.range.setAttribute("aria-valuetext", `${board.at} of ${board.plays}`);
    if (this.saving) this.write();
    this.said.textContent = board.said;
    if (inside && !this.el.contains(document.activeElement)) this.el.focus({ preventScroll: true }); // what had it is gone
  }

  judge() {
    const inside = this.verdict.box.contains(document.activeElement);
    this.verdict.show(this.board, this.model.get("query"));
    if (inside) this.el.focus({ preventScroll: true }); // what had it is gone
  }

  turned(key, focus) {
    this.network.choose(key);
    if (focus) this.el.focus({ preventScroll: true });
  }

  branches() {
    const { lines, current } = this.board;
    this.lines.replaceChildren();
    this.lines.hidden = lines.length < 2;
    lines.forEach((line, i) => {
      const words = `${line.name} · ${line.steps} ${line.steps === 1 ? "step" : "steps"}${line.broken ? " ✗" : ""}`;
      const made = button(this.lines, words, () => this.send({ do: "switch", line: i }));
      made.setAttribute("aria-pressed", String(i === current));
    });
  }

  draw(run, moment) {
    const { at, plays, broken } = this.board;
    this.diagram.show(this.model.get("svg"), run.at[moment], at === plays, broken ? "" : "what happens next is yours");
    const { left, width } = this.diagram;
    const long = Math.max(this.diagram.x(run.at[run.moments[plays]]) - left, 60); // as long as the line of play
    this.range.style.marginLeft = `calc(${(100 * left) / width}% - 8px)`;
    this.range.style.width = `calc(${(100 * long) / width}% + 16px)`;
  }

  // --- what can be done ---

  send(press) {
    const n = (this.model.get("pressed").n ?? 0) + 1;
    this.model.set("pressed", { ...press, n });
    this.model.save_changes();
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      if (this.model.get("answered") < n) this.notice.textContent = GONE;
    }, PATIENCE);
  }

  answered() {
    clearTimeout(this.waiting);
    this.complain();
    if (this.sliding !== undefined) {
      const at = this.sliding;
      this.sliding = undefined;
      if (at !== this.board.at) this.send({ do: "go", at });
    }
  }

  complain() {
    this.notice.textContent = this.model.get("wrong");
  }

  // Only the last place of a slider that is dragged is asked for.
  slide() {
    const [at, press] = [Number(this.range.value), this.model.get("pressed")];
    if ((press.n ?? 0) > this.model.get("answered")) this.sliding = at;
    else this.send({ do: "go", at });
  }

  save() {
    this.saving = !this.saving;
    this.saved.hidden = !this.saving;
    if (this.saving) this.write();
  }

  write() {
    const { code } = this.board;
    this.saved.replaceChildren();
    html(this.saved, "p", { class: "muted" }, "Put this into a cell, and give it as schedule=schedule: the play stands there again.");
    const text = html(this.saved, "textarea", { readonly: "", rows: code.split("\n").length, "aria-label": "the schedule" });
    text.value = code;
    const copy = button(this.saved, "copy", () => {
      text.select();
      const done = () => (copy.textContent = "copied");
      navigator.clipboard?.writeText(code).then(done, () => document.execCommand("copy") && done());
    });
  }

  // --- the keyboard ---

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.key === "Tab") return;
    event.stopPropagation(); // JupyterLab would take them for its own
    const { target } = event;
    if (target.closest("textarea, select, input") && event.key !== "Escape") return;
    if (target.closest("button") && (event.key === "Enter" || event.key === " ")) return;
    const meant = meaning(event.key, this.board);
    if (meant === null) return;
    event.preventDefault();
    this.obey(...meant);
  }

  obey(what, further) {
    const { at, plays, broken, always } = this.board;
    if (what === "turn") this.deck.turn(further);
    else if (what === "act") this.deck.act(further);
    else if (what === "answer") this.send({ do: "answer", option: further });
    else if (what === "cancel") this.send({ do: "cancel" });
    else if (what === "undo" && at > 0) this.send({ do: "undo" });
    else if (what === "redo" && at < plays) this.send({ do: "redo" });
    else if (what === "go") this.send({ do: "go", at: Math.min(plays, further) });
    else if (what === "branch") this.send({ do: "branch" });
    else if (what === "save") this.save();
    else if (what === "ask" && always.length && Boolean(broken) === (further === "shorter")) this.send({ do: "ask", what: further });
    else if (what === "leave") document.activeElement.blur();
  }

  end() {
    clearTimeout(this.waiting);
    for (const [event, listener] of Object.entries(this.listeners)) this.model.off(event, listener);
  }
}

function render({ model, el }) {
  el.classList.add("distlab-widget", "distlab-player", "distlab-adversary");
  el.dataset.lmSuppressShortcuts = "true"; // JupyterLab: these keys are ours
  el.tabIndex = 0;
  el.setAttribute("role", "group");
  el.setAttribute("aria-label", "you are the network: arrow keys choose what may happen next, d lets it happen, z takes it back");
  const view = new View(el, model);
  return () => view.end();
}

export default { render };
