// The network of a play: nodes where they stand, what is under way between them to press, links that are cut.
import { changeAt, textAt } from "./moments.js";
import { links, spread } from "./plays.js";
import { shape, way } from "./stage.js";

const FEW = 7; // messages under way that still have room for their names

export class Network {
  // `press(what, which)`: a "card" by its key, a "node" by its name, a "link" by its two names.
  constructor(parent, press) {
    this.press = press;
    this.svg = shape(parent, "svg", { class: "distlab distlab-stage", role: "img" });
  }

  show(run, board, moment) {
    const { wide, tall } = run.stage;
    for (const [name, value] of Object.entries({ viewBox: `0 0 ${wide} ${tall}`, width: wide, height: tall }))
      this.svg.setAttribute(name, value);
    this.svg.replaceChildren();
    this.run = run;
    for (const link of links(run.flights, board.faults.cut, run.names)) this.link(link, board);
    run.nodes.forEach((node, i) => this.node(node, i, moment));
    const [parts, messages] = [spread(board.cards), board.cards.filter((card) => card.sort === "message")];
    this.dots = new Map(messages.map((card) => [card.key, this.dot(card, parts.get(card.key), messages.length <= FEW)]));
    const told = messages.map((card) => `${card.head} ${card.tail}`).join("; ");
    this.svg.setAttribute("aria-label", `the network; under way: ${told || "nothing"}`);
  }

  link({ ends: [a, b], cut }) {
    const { places, names } = { ...this.run, places: this.run.stage.places };
    const [[x0, y0], [x1, y1]] = [places[a], places[b]];
    const group = shape(this.svg, "g", { class: cut ? "tie broken" : "tie" });
    const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
    shape(group, "path", { class: cut ? "cut" : "link", d: `M${x0},${y0}L${x1},${y1}` });
    if (cut) shape(group, "path", { class: "cross", d: `M${x - 5},${y - 5}l10,10m0,-10l-10,10` });
    shape(group, "path", { class: "hit", d: `M${x0},${y0}L${x1},${y1}` });
    shape(group, "title", {}, `${names[a]} – ${names[b]}${cut ? (cut > 1 ? ": cut" : ": cut one way") : ""}`);
    group.addEventListener("click", () => this.press("link", [names[a], names[b]]));
  }

  node(node, i, moment) {
    const { stage, texts, tints, names } = this.run;
    const { places, radius, tall } = stage;
    const [state, trouble] = [node.word, node.trouble].map((column) => texts[textAt(column, moment)] ?? "");
    const columns = [node.word, node.trouble, ...node.fields.map(([, ...column]) => column)];
    const fresh = columns.some((column) => changeAt(column, moment));
    const look = { class: `node ${trouble}${fresh ? " changed" : ""}`, transform: `translate(${places[i]})` };
    const group = shape(this.svg, "g", look);
    shape(group, "circle", { class: "halo", r: radius + 5 });
    const body = shape(group, "circle", { class: "body", r: radius });
    if (trouble !== "down" && tints[state]) body.style.fill = `var(--band-${tints[state]})`;
    const inside = radius > 12 && node.name.length * 7 < 2 * radius;
    const [first, second] = places[i][1] < tall / 2 ? [-radius - 7, -radius - 20] : [radius + 15, radius + 28];
    if (names.length <= 30) shape(group, "text", { class: "name", y: inside ? 4.5 : first }, node.name);
    const words = trouble || state;
    const text = words.length > 18 ? `${words.slice(0, 17)}…` : words;
    shape(group, "text", { class: "word", y: inside ? first : second }, text);
    shape(group, "title", {}, `${node.name}: ${[state, trouble].filter(Boolean).join(", ") || "no state"}`);
    group.addEventListener("click", () => this.press("node", node.name));
  }

  dot(card, part, labelled) {
    const { places, radius } = this.run.stage;
    let [x, y] = way(places[card.from], places[card.to], radius, part);
    if (card.from === card.to) [x, y] = [places[card.from][0], places[card.from][1] - radius - 12];
    const group = shape(this.svg, "g", { class: "flight", transform: `translate(${x.toFixed(1)},${y.toFixed(1)})` });
    shape(group, "circle", { class: "ring", r: 11 });
    const circle = shape(group, "circle", { r: radius > 12 ? 6.5 : 4.5 });
    circle.style.fill = `var(--${card.colour})`;
    if (labelled) shape(group, "text", { y: -11 }, card.head);
    shape(group, "title", {}, `${card.head}${card.rest}, ${card.tail}`);
    group.addEventListener("click", () => this.press("card", card.key));
    return group;
  }

  choose(key) {
    for (const [one, group] of this.dots) group.classList.toggle("chosen", one === key);
  }
}
