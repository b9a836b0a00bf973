// The state machines of a run's nodes, as Python drew them: who is in which state, and which way was just taken.
import { changeAt, textAt } from "./moments.js";
import { html } from "./stage.js";

const NAMED = 4; // more nodes in one state are counted

export class Machines {
  constructor(parent, run) {
    this.run = run;
    const several = run.machines.length > 1;
    this.tabs = several ? html(parent, "div", { class: "tabs", role: "group", "aria-label": "whose state machine" }) : null;
    this.machines = run.machines.map((machine, i) => this.draw(parent, machine, i));
    if (several) this.choose(0);
  }

  draw(parent, { title, svg, nodes }, i) {
    const box = html(parent, "div");
    const tab = this.tabs && html(this.tabs, "button", { type: "button", title: `the state machine of ${title}` }, title);
    tab?.addEventListener("click", () => this.choose(i));
    box.innerHTML = svg;
    const drawing = box.querySelector("svg");
    return {
      box,
      tab,
      nodes,
      drawing,
      words: drawing.getAttribute("aria-label"),
      states: [...drawing.querySelectorAll("[data-state]")],
      moves: [...drawing.querySelectorAll("[data-from]")],
    };
  }

  // Of several machines one is in sight.
  choose(wanted) {
    this.machines.forEach(({ box, tab }, i) => {
      box.hidden = i !== wanted;
      tab.setAttribute("aria-pressed", String(i === wanted));
    });
  }

  show(moment) {
    for (const { nodes, drawing, words, states, moves } of this.machines) {
      const who = inState(this.run, nodes, moment);
      const taken = taking(this.run, nodes, moment);
      const now = [];
      for (const box of states) {
        const here = who.get(box.dataset.state) ?? [];
        box.classList.toggle("lit", here.length > 0);
        box.querySelector(".who").textContent = here.length > NAMED ? `${here.length} nodes` : here.join(", ");
        if (here.length) now.push(`${here.join(", ")} ${box.dataset.state}`);
      }
      for (const move of moves) move.classList.toggle("taken", taken.has(`${move.dataset.from}\n${move.dataset.to}`));
      drawing.setAttribute("aria-label", `${words}; now ${now.join("; ")}`);
    }
  }
}

// Who is in each state at a moment; who is down is in none.
export function inState({ nodes: all, texts }, nodes, moment) {
  const who = new Map();
  for (const i of nodes) {
    const { name, word, trouble } = all[i];
    if (texts[textAt(trouble, moment)] === "down") continue;
    const state = texts[textAt(word, moment)];
    who.set(state, [...(who.get(state) ?? []), name]);
  }
  return who;
}

// The transitions that this step took, as "from\nto".
export function taking({ nodes: all, texts }, nodes, moment) {
  const changes = nodes.map((i) => changeAt(all[i].word, moment)).filter((change) => change);
  return new Set(changes.map(([from, to]) => `${texts[from]}\n${texts[to]}`));
}
