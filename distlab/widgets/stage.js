// The network of a run: nodes where they stand, messages on their way between them.
import { changeAt, flying, progress, textAt } from "./moments.js";

const SPACE = "http://www.w3.org/2000/svg";
const LABELLED = 5; // messages under way that still have room for their names
const WORDED = 12; // nodes that still have room for their states' words
const HIDDEN = "translate(-99,-99)";

export function shape(parent, name, look = {}, text = "") {
  const made = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(look)) made.setAttribute(key, value);
  made.textContent = text;
  return parent.appendChild(made);
}

export function html(parent, name, look = {}, text = "") {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(look)) made.setAttribute(key, value);
  made.textContent = text;
  return parent.appendChild(made);
}

export class Stage {
  // `press(node)` is called when a node is clicked, `choose(event)` when a message is.
  constructor(parent, run, press, choose) {
    this.run = run;
    const { wide, tall } = run.stage;
    const look = { class: "distlab distlab-stage", viewBox: `0 0 ${wide} ${tall}`, width: wide, height: tall };
    this.svg = shape(parent, "svg", { ...look, role: "img", "aria-label": "the network; the table tells the same" });
    this.links = new Map(run.stage.links.map(([a, b]) => [`${a} ${b}`, this.link(a, b)]));
    this.cuts = run.cuts.map((cut) => this.cut(cut));
    this.nodes = run.nodes.map((node, i) => this.node(node, i, press));
    this.dots = []; // made as they are needed, then used again
    this.choose = choose;
    this.order = run.flights.map((_, i) => i).sort((a, b) => run.flights[a][0] - run.flights[b][0]);
  }

  link(a, b) {
    const [[x0, y0], [x1, y1]] = [this.run.stage.places[a], this.run.stage.places[b]];
    return shape(this.svg, "path", { class: "link", d: `M${x0},${y0}L${x1},${y1}` });
  }

  cut([, , left, right]) {
    const { places } = this.run.stage;
    const lines = left.flatMap((a) => right.map((b) => [places[a], places[b]])).slice(0, 60);
    const d = lines.map(([[x0, y0], [x1, y1]]) => {
      const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
      return `M${x0},${y0}L${x1},${y1}M${x - 4},${y - 4}l8,8m0,-8l-8,8`;
    });
    return shape(this.svg, "path", { class: "cut", d: d.join(""), visibility: "hidden" });
  }

  node({ name }, i, press) {
    const { places, radius } = this.run.stage;
    const group = shape(this.svg, "g", { class: "node", transform: `translate(${places[i]})` });
    shape(group, "circle", { class: "halo", r: radius + 5 });
    const circle = shape(group, "circle", { class: "body", r: radius });
    const inside = radius > 12 && name.length * 7 < 2 * radius;
    const above = places[i][1] < this.run.stage.tall / 2 - radius; // words stand outside, where no message passes
    const [first, second] = above ? [-radius - 7, -radius - 20] : [radius + 15, radius + 28];
    if (this.run.names.length <= 30) shape(group, "text", { class: "name", y: inside ? 4.5 : first }, name);
    const word = shape(group, "text", { class: "word", y: inside ? first : second });
    const title = shape(group, "title");
    group.addEventListener("click", () => press(i));
    return { group, circle, word, title, shown: "" };
  }

  dot(i) {
    while (this.dots.length <= i) {
      const group = shape(this.svg, "g", { class: "flight", transform: HIDDEN });
      const dot = { group, cross: shape(group, "path", { class: "cross", d: "M-6,-6L6,6M6,-6L-6,6" }) };
      dot.circle = shape(group, "circle", { r: this.run.stage.radius > 12 ? 6.5 : 4.5 });
      dot.label = shape(group, "text", { y: -10 });
      group.addEventListener("click", () => dot.event >= 0 && this.choose(dot.event));
      this.dots.push(dot);
    }
    return this.dots[i];
  }

  // Nodes as they are at a moment, and everything under way where it is at a time.
  show(moment, time) {
    if (moment !== this.moment) {
      this.moment = moment;
      this.run.nodes.forEach((node, i) => this.paint(node, this.nodes[i], moment));
      this.run.cuts.forEach(([from, to], i) => {
        const stands = from <= moment && (to < 0 || moment < to);
        this.cuts[i].setAttribute("visibility", stands ? "visible" : "hidden");
      });
      this.now = this.underWay(moment);
    }
    const labelled = this.now.length <= LABELLED;
    this.now.forEach((flight, i) => this.place(this.dot(i), this.run.flights[flight], moment, time, labelled));
    for (let i = this.now.length; i < (this.used ?? 0); i += 1) this.dots[i].group.setAttribute("transform", HIDDEN);
    this.used = this.now.length;
  }

  // The messages under way, and those that end at this very moment.
  underWay(moment) {
    const { flights, ends } = this.run;
    const from = moment > 0 ? ends[moment - 1] : 0;
    const now = [];
    for (const i of this.order) {
      if (flights[i][0] >= ends[moment]) break;
      if (flying(flights[i], ends, moment) || (flights[i][1] >= from && flights[i][1] < ends[moment])) now.push(i);
    }
    return now;
  }

  paint(node, { group, circle, word, title }, moment) {
    const { texts, tints } = this.run;
    const state = texts[textAt(node.word, moment)];
    const trouble = texts[textAt(node.trouble, moment)];
    const changed = [node.word, node.trouble, ...node.fields.map(([, ...column]) => column)];
    group.setAttribute("class", `node ${trouble}${changed.some((one) => changeAt(one, moment)) ? " changed" : ""}`);
    circle.style.fill = trouble === "down" ? "" : tints[state] ? `var(--band-${tints[state]})` : "";
    const words = trouble || state;
    const room = this.run.nodes.length <= WORDED || trouble;
    word.textContent = !room ? "" : words.length > 18 ? `${words.slice(0, 17)}…` : words;
    title.textContent = `${node.name}: ${[state, trouble].filter(Boolean).join(", ") || "no state"}`;
  }

  place(dot, flight, moment, time, labelled) {
    const { places, radius } = this.run.stage;
    const [sent, end, from, to, kind, , , , lost] = flight;
    const over = end >= 0 && end < this.run.ends[moment];
    const part = progress(flight, time, this.run.at[this.run.at.length - 1]);
    let [x, y] = way(places[from], places[to], radius, part);
    if (from === to) [x, y] = [places[from][0], places[from][1] - radius - 12];
    const gone = over && lost;
    dot.event = Math.max(sent, over ? end : sent);
    const [name, colour] = this.run.styles[kind];
    const key = `${kind} ${gone} ${over} ${labelled}`;
    if (dot.key !== key) {
      dot.key = key;
      dot.group.setAttribute("class", `flight${gone ? " gone" : over ? " over" : ""}`);
      dot.circle.style.fill = `var(--${colour})`;
      dot.label.textContent = labelled ? name + (gone ? " is lost" : "") : "";
    }
    dot.group.setAttribute("transform", `translate(${x.toFixed(1)},${y.toFixed(1)})`);
  }
}

// The point on the way between two nodes, from edge to edge; those that come the other way pass beside.
export function way([x0, y0], [x1, y1], radius, part) {
  const far = Math.hypot(x1 - x0, y1 - y0) || 1;
  const [dx, dy] = [(x1 - x0) / far, (y1 - y0) / far];
  const along = radius + 5 + part * Math.max(0, far - 2 * radius - 10);
  return [x0 + along * dx - 5 * dy, y0 + along * dy + 5 * dx];
}
