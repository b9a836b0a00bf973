// The adversary: what may happen next as cards to press, the network, the states, the diagram up to now, and the search.
// Python plays; this draws how the play stands, and says what was pressed.
import { shape, html } from "./stage.js";
import { Timeline } from "./timeline.js";
import { States } from "./states.js";
import { act, chosen, meaning } from "./plays.js";
import { Network } from "./network.js";

const PATIENCE = 3000; // milliseconds until a press that nobody answers is reported
const GONE = "No answer from Python. If the kernel was stopped or restarted, run this cell again.";
const HELP = [
  [["↑", "↓"], "choose"], [["d"], "deliver, fire"], [["x"], "drop"], [["t"], "twice"], [["c"], "crash inside"],
  [["z", "←"], "undo"], [["→"], "redo"], [["b"], "branch"], [["s"], "save"], [["w"], "can I still win?"],
  [["?"], "a shorter way?"],
];
const TITLES = {
  deliver: "let it arrive", drop: "lose it", twice: "have it under way twice", fire: "let it run out",
  recover: "let it come back", start: "let it start", crash: "let the node crash while it handles this",
};

class View {
  constructor(el, model) {
    Object.assign(this, { el, model, key: "", place: 0, saving: false });
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
    ]) this.buttons[name] = this.button(bar, words, press);
    this.notice = html(el, "p", { class: "wrong", role: "alert" });
    this.saved = html(el, "div", { class: "saved", hidden: "" });
    const table = html(el, "div", { class: "table" });
    this.network = new Network(html(table, "div", { class: "net" }), (what, which) => this.pressed(what, which));
    const deck = html(table, "div", { class: "deck" });
    this.asking = html(deck, "div", { class: "asking", role: "group" });
    this.cards = html(deck, "div", { class: "cards", role: "group", "aria-label": "what may happen next" });
    this.faults = html(deck, "div", { class: "faults" });
    this.side = html(table, "div", { class: "side" });
    this.states = html(this.side, "div", { class: "stand" });
    this.verdict = html(this.side, "div", { class: "verdict", role: "status" });
    this.lines = html(el, "div", { class: "lines", role: "group", "aria-label": "lines of play" });
    const plot = html(el, "div", { class: "plot" });
    this.diagram = html(plot, "div", { class: "diagram" });
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

  button(parent, words, press, look = {}) {
    const made = html(parent, "button", { type: "button", ...look }, words);
    made.addEventListener("click", (event) => {
      event.stopPropagation();
      press();
    });
    return made;
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
    this.ask();
    this.list();
    this.afflict();
    this.states.replaceChildren();
    new States(this.states, run).show(moment);
    this.judge();
    this.branches();
    this.draw(run, moment);
    [this.range.max, this.range.value, this.range.disabled] = [board.plays, board.at, board.plays === 0];
    this.range.setAttribute("aria-valuetext", `${board.at} of ${board.plays}`);
    if (this.saving) this.write();
    this.said.textContent = board.said;
    if (inside && !this.el.contains(document.activeElement)) this.el.focus({ preventScroll: true }); // what had it is gone
  }

  list() {
    const { cards, asking } = this.board;
    this.cards.replaceChildren();
    this.cards.classList.toggle("waiting", asking !== null);
    this.place = chosen(cards, this.key, this.place);
    this.items = cards.map((card, i) => this.card(card, i));
    if (!cards.length) html(this.cards, "p", { class: "muted" }, "Nothing more can happen. Undo, or crash a node.");
    this.choose(this.place);
  }

  card(card, i) {
    const item = html(this.cards, "div", { class: `card ${card.sort}`, "data-key": card.key });
    const sign = shape(item, "svg", { viewBox: "0 0 16 16", width: 16, height: 16, class: "sign", "aria-hidden": "true" });
    if (card.sort === "message") shape(sign, "circle", { cx: 8, cy: 8, r: 5, fill: `var(--${card.colour})` });
    else if (card.sort === "timer") shape(sign, "path", { d: "M8,2a6,6 0 1,0 .01,0zM8,4.5V8.2H11" });
    else shape(sign, "path", { d: "M13,8a5,5 0 1,1 -1.6,-3.7M13,2v3h-3" });
    const words = html(item, "div", { class: "words" });
    const head = html(words, "div", { class: "what", title: card.head + card.rest });
    html(head, "b", {}, card.head);
    head.append(card.rest);
    html(words, "div", { class: "muted", title: card.tail }, card.tail);
    const acts = html(item, "div", { class: "acts" });
    card.acts.forEach((one, k) => {
      const made = this.button(acts, one.label, () => this.does(i, one), { class: one.do, title: one.off || TITLES[one.do] });
      made.setAttribute("aria-label", `${one.do === "crash" ? "crash inside" : one.do} ${card.head}${card.rest}, ${card.tail}`);
      if (k === 0) made.classList.add("main");
      made.disabled = one.off !== "";
    });
    item.addEventListener("click", () => this.choose(i, true));
    item.addEventListener("focusin", () => this.choose(i));
    return item;
  }

  choose(i, focus = false) {
    this.place = i;
    const card = this.board.cards[i];
    this.key = card?.key ?? "";
    this.items.forEach((item, k) => item.classList.toggle("chosen", k === i));
    this.network.choose(this.key);
    const item = this.items[i];
    if (!item) return;
    const [box, frame] = [item.getBoundingClientRect(), this.cards.getBoundingClientRect()];
    if (box.top < frame.top) this.cards.scrollTop += box.top - frame.top;
    if (box.bottom > frame.bottom) this.cards.scrollTop += box.bottom - frame.bottom;
    if (focus && !item.contains(document.activeElement)) this.el.focus({ preventScroll: true });
  }

  // What is still open about the choice that is being made.
  ask() {
    const { asking } = this.board;
    this.asking.replaceChildren();
    this.asking.hidden = asking === null;
    if (!asking) return;
    this.asking.setAttribute("aria-label", asking.title);
    html(this.asking, "b", {}, `${asking.title}: `);
    this.button(this.asking, "leave it", () => this.send({ do: "cancel" }), { class: "leave" });
    const list = html(this.asking, "ol");
    asking.options.forEach((words, i) => this.button(html(list, "li"), words, () => this.send({ do: "answer", option: i })));
  }

  afflict() {
    const { crash, off, links, cut } = this.board.faults;
    const [node, link] = [this.node?.value, this.link?.value];
    this.faults.replaceChildren();
    if (crash.length) {
      this.node = this.pick("a node", crash.map((name) => [name, name]), node);
      this.button(this.faults, "crash", () => this.send({ do: "take", choice: ["crash", this.node.value] }), { class: "crash" })
        .disabled = off !== "";
    }
    if (!links.length) return;
    const broken = ([a, b]) => cut.some(([x, y]) => (x === a && y === b) || (x === b && y === a));
    const words = (pair) => [JSON.stringify(pair), `${pair[0]} – ${pair[1]}${broken(pair) ? " (cut)" : ""}`];
    this.link = this.pick("a link", links.map(words), link);
    const press = () => {
      const [a, b] = JSON.parse(this.link.value);
      this.send({ do: broken([a, b]) ? "heal" : "cut", a, b });
    };
    const made = this.button(this.faults, "cut", press, { class: "cut" });
    const name = () => (made.textContent = broken(JSON.parse(this.link.value)) ? "heal" : "cut");
    this.link.addEventListener("change", name);
    this.link.named = name;
    name();
  }

  pick(label, options, value) {
    const made = html(this.faults, "select", { "aria-label": label });
    for (const [one, words] of options) html(made, "option", { value: one }, words);
    if (options.some(([one]) => one === value)) made.value = value;
    return made;
  }

  judge() {
    const [{ always, broken, why }, query] = [this.board, this.model.get("query")];
    const inside = this.verdict.contains(document.activeElement);
    this.verdict.replaceChildren();
    if (inside) this.el.focus({ preventScroll: true });
    this.verdict.className = `verdict${broken ? " bad" : query.known === "yes" ? " near" : ""}`;
    const line = html(this.verdict, "p");
    if (broken) {
      html(line, "b", {}, `✗ “${broken}” is broken.`);
      html(this.verdict, "p", {}, why);
    } else if (always.length) html(line, "b", {}, `Not broken yet: ${always.map((name) => `“${name}”`).join(", ")}.`);
    else html(line, "span", { class: "muted" }, "Nothing was said that has to hold.");
    if (always.length) this.inquire(broken ? "shorter" : "winnable", query);
  }

  inquire(what, query) {
    const line = html(this.verdict, "p", { class: "query" });
    if (query.state === "running") {
      html(line, "span", { class: "muted" }, `searching … ${query.states.toLocaleString("en")} states `);
      this.button(line, "stop", () => this.send({ do: "stop" }));
    } else if (query.state === "done") {
      const heads = {
        winnable: { yes: "Still winnable.", no: "Lost: this cannot be won any more.", open: "Not known." },
        shorter: { yes: "There is a shorter way.", no: "There is no shorter way.", open: "Not known." },
      };
      html(line, "b", {}, `${heads[query.what][query.known]} `);
      line.append(`${query.said[0].toUpperCase()}${query.said.slice(1)} `);
      if (query.show) this.button(line, query.what === "shorter" ? "show it" : "show a shortest way", () => this.send({ do: "show" }));
    } else this.button(line, what === "shorter" ? "Is there a shorter way?" : "Can I still win?", () => this.send({ do: "ask", what }));
  }

  branches() {
    const { lines, current } = this.board;
    this.lines.replaceChildren();
    this.lines.hidden = lines.length < 2;
    lines.forEach((line, i) => {
      const words = `${line.name} · ${line.steps} ${line.steps === 1 ? "step" : "steps"}${line.broken ? " ✗" : ""}`;
      const made = this.button(this.lines, words, () => this.send({ do: "switch", line: i }));
      made.setAttribute("aria-pressed", String(i === current));
    });
  }

  draw(run, moment) {
    this.diagram.replaceChildren();
    const timeline = new Timeline(this.diagram, run, this.model.get("svg"));
    timeline.show(run.at[moment]);
    const { left, right, width, start, end } = timeline;
    const unit = (right - left) / (end - start || 1);
    const steps = run.at[run.moments[this.board.plays]];
    this.range.style.marginLeft = `calc(${(100 * left) / width}% - 8px)`;
    this.range.style.width = `calc(${(100 * Math.max(unit * steps, 60)) / width}% + 16px)`;
    const [x, last] = [timeline.x(run.at[moment]), this.board.at === this.board.plays];
    this.diagram.classList.toggle("open", last);
    shape(timeline.svg, "text", { class: "now", x: x + 6, y: timeline.top + 10 }, "now");
    const [one, two] = timeline.lines; // between two lines the words are on nothing else
    const y = one && two ? (one.lower + two.upper) / 2 + 4 : timeline.bottom - 2;
    if (last && right - x > 170) shape(timeline.svg, "text", { class: "yours", x: x + 14, y }, "what happens next is yours");
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

  does(i, one) {
    this.choose(i, true);
    this.send({ do: "take", choice: one.choice, crash: one.crash });
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

  // Something in the network was pressed.
  pressed(what, which) {
    if (what === "card") this.choose(this.board.cards.findIndex((card) => card.key === which), true);
    if (what === "node" && this.board.faults.crash.includes(which)) {
      this.node.value = which;
      this.node.focus({ preventScroll: true });
    }
    if (what === "link" && this.board.faults.links.length) {
      this.link.value = JSON.stringify(which);
      this.link.named();
      this.link.focus({ preventScroll: true });
    }
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
    const copy = this.button(this.saved, "copy", () => {
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
    const { at, plays, cards, broken, always } = this.board;
    if (what === "turn") this.choose(Math.min(cards.length - 1, Math.max(0, this.place + further)), true);
    else if (what === "act") {
      const one = act(cards[this.place], further);
      if (one) this.does(this.place, one);
    } else if (what === "answer") this.send({ do: "answer", option: further });
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
