// What may happen next as cards, what is still open about a choice, and what can be done to nodes and links.
import { act, chosen } from "./plays.js";
import { shape, html } from "./stage.js";

const TITLES = {
  deliver: "let it arrive", drop: "lose it", twice: "have it under way twice", fire: "let it run out",
  recover: "let it come back", start: "let it start", crash: "let the node crash while it handles this",
};

// A button that keeps its click to itself.
export function button(parent, words, press, look = {}) {
  const made = html(parent, "button", { type: "button", ...look }, words);
  made.addEventListener("click", (event) => {
    event.stopPropagation();
    press();
  });
  return made;
}

export class Deck {
  // `send(press)` tells Python; `turned(key, focus)` is called when another card is chosen.
  constructor(parent, send, turned) {
    Object.assign(this, { send, turned, key: "", place: 0 });
    this.asking = html(parent, "div", { class: "asking", role: "group" });
    this.cards = html(parent, "div", { class: "cards", role: "group", "aria-label": "what may happen next" });
    this.faults = html(parent, "div", { class: "faults" });
  }

  show(board) {
    this.board = board;
    this.ask();
    this.list();
    this.afflict();
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
      const made = button(acts, one.label, () => this.does(i, one), { class: one.do, title: one.off || TITLES[one.do] });
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
    this.turned(this.key, focus && !this.items[i]?.contains(document.activeElement));
    const item = this.items[i];
    if (!item) return;
    const [box, frame] = [item.getBoundingClientRect(), this.cards.getBoundingClientRect()];
    if (box.top < frame.top) this.cards.scrollTop += box.top - frame.top;
    if (box.bottom > frame.bottom) this.cards.scrollTop += box.bottom - frame.bottom;
  }

  // What is still open about the choice that is being made.
  ask() {
    const { asking } = this.board;
    this.asking.replaceChildren();
    this.asking.hidden = asking === null;
    if (!asking) return;
    this.asking.setAttribute("aria-label", asking.title);
    const head = html(this.asking, "p");
    html(head, "b", {}, `${asking.title}: `);
    button(head, "leave it", () => this.send({ do: "cancel" }), { class: "leave" });
    const list = html(this.asking, "ol");
    asking.options.forEach((words, i) => button(html(list, "li"), words, () => this.send({ do: "answer", option: i })));
  }

  afflict() {
    const { crash, off, links, cut } = this.board.faults;
    const [node, link] = [this.node?.value, this.link?.value];
    this.faults.replaceChildren();
    if (crash.length) {
      this.node = this.pick("a node", crash.map((name) => [name, name]), node);
      button(this.faults, "crash", () => this.send({ do: "take", choice: ["crash", this.node.value] }), { class: "crash" })
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
    const made = button(this.faults, "cut", press, { class: "cut" });
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

  // --- what can be done ---

  does(i, one) {
    this.choose(i, true);
    this.send({ do: "take", choice: one.choice, crash: one.crash });
  }

  turn(way) {
    if (this.items.length) this.choose(Math.min(this.items.length - 1, Math.max(0, this.place + way)), true);
  }

  act(name) {
    const one = act(this.board.cards[this.place], name);
    if (one) this.does(this.place, one);
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
}
