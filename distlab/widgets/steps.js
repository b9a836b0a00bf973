// What happens in a step, and the one event that is chosen, as words to read and to press.
import { FUTURE, PAST } from "./moments.js";
import { html } from "./stage.js";

const SHOWN = 12; // events of one step; those of a thinned run may be many

export class Steps {
  // `choose(event)` and `go(event)`: light up an event, move to it.
  constructor(parent, run, choose, go) {
    Object.assign(this, { run, choose, go });
    this.now = html(parent, "div", { class: "now", role: "group", "aria-label": "what happens in this step" });
    this.one = html(parent, "div", { class: "one", role: "status" });
  }

  // What an event is, with its node.
  say(event) {
    const { events, names, texts } = this.run;
    return `${names[events.node[event]] ?? ""} ${texts[events.text[event]]}`.trim();
  }

  when(time) {
    return this.run.unit === "ms" ? `${+time.toPrecision(6)} ms` : `step ${time}`;
  }

  sentence(moment) {
    const { ends } = this.run;
    if (moment === 0) return "Before the first step.";
    const said = [];
    for (let i = ends[moment - 1]; i < ends[moment] && said.length < SHOWN; i += 1) said.push(this.say(i));
    return said.join("; ");
  }

  show(moment) {
    const { ends, events, names, texts } = this.run;
    this.now.replaceChildren();
    if (moment === 0) {
      const words = ends.length > 1 ? "Before the first step. Press → or the space bar." : "Nothing happened in this run.";
      html(this.now, "p", { class: "muted" }, words);
      return;
    }
    const [first, end] = [ends[moment - 1], ends[moment]];
    let acting = null;
    for (let i = first; i < Math.min(end, first + SHOWN); i += 1) {
      if (events.node[i] !== acting) {
        acting = events.node[i];
        if (acting >= 0) html(this.now, "b", {}, names[acting]);
      }
      const text = texts[events.text[i]];
      const item = html(this.now, "button", { type: "button", title: text, "data-event": i, "data-kind": events.kind[i] }, text);
      item.addEventListener("click", () => this.choose(i));
    }
    if (end > first + SHOWN) html(this.now, "span", { class: "muted" }, `and ${end - first - SHOWN} more`);
    this.mark();
  }

  mark() {
    for (const item of this.now.querySelectorAll("button"))
      item.classList.toggle("chosen", Number(item.dataset.event) === this.event);
  }

  // Show an event whole, and how much led to it and came of it.
  pick(event, marks) {
    this.event = event;
    this.mark();
    this.one.replaceChildren();
    if (event < 0) {
      if (this.run.ends.length > 1) {
        const words = "Click a message or an event, or press ↓: you see all of it, what led to it, and what came of it.";
        html(this.one, "p", { class: "muted" }, words);
      }
      return;
    }
    html(this.one, "p", { class: "whole" }, `${this.say(event)}`);
    const line = html(this.one, "p");
    html(line, "span", { class: "muted" }, `${this.when(this.run.events.at[event])} · `);
    if (this.run.whole) {
      const count = (wanted) => marks.reduce((sum, mark) => sum + (mark === wanted), 0);
      html(line, "span", { class: "past" }, `${count(PAST)} events led to it`);
      html(line, "span", { class: "muted" }, " · ");
      html(line, "span", { class: "future" }, `${count(FUTURE)} came of it`);
    } else {
      html(line, "span", { class: "muted" }, "too many events to say what led to it");
    }
    this.link(line, "go there", event);
    const other = partner(this.run, event);
    if (other >= 0) this.link(line, other > event ? "to its end" : "to its sending", other);
  }

  link(line, words, event) {
    html(line, "button", { type: "button" }, words).addEventListener("click", () => this.go(event));
  }
}

// The other end of a message: of a sending what became of it, of that the sending. -1: none.
export function partner(run, event) {
  if (run.events.cause[event] >= 0) return run.events.cause[event];
  const flight = run.flights.find(([sent]) => sent === event);
  return flight ? flight[1] : -1;
}
