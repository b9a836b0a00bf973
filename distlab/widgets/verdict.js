// Whether something is broken and why, and what the search says about the play.
import { button } from "./deck.js";
import { html } from "./stage.js";

const HEADS = {
  winnable: { yes: "Still winnable.", no: "Lost: this cannot be won any more.", open: "Not known." },
  shorter: { yes: "There is a shorter way.", no: "There is no shorter way.", open: "Not known." },
};
const ASKED = { winnable: "Can I still win?", shorter: "Is there a shorter way?" };
const SHOWS = { winnable: "show a shortest way", shorter: "show it" };

export class Verdict {
  // `send(press)` tells Python.
  constructor(parent, send) {
    this.box = html(parent, "div", { class: "verdict", role: "status" });
    this.send = send;
  }

  show({ always, broken, why }, query) {
    this.box.replaceChildren();
    this.box.className = `verdict${broken ? " bad" : query.known === "yes" ? " near" : ""}`;
    const line = html(this.box, "p");
    if (broken) {
      html(line, "b", {}, `✗ “${broken}” is broken.`);
      html(this.box, "p", {}, why);
    } else if (always.length) html(line, "b", {}, `Not broken yet: ${always.map((name) => `“${name}”`).join(", ")}.`);
    else html(line, "span", { class: "muted" }, "Nothing was said that has to hold.");
    if (always.length) this.ask(broken ? "shorter" : "winnable", query);
  }

  ask(what, query) {
    const line = html(this.box, "p", { class: "query" });
    if (query.state === "running") {
      html(line, "span", { class: "muted" }, `searching … ${query.states.toLocaleString("en")} states `);
      button(line, "stop", () => this.send({ do: "stop" }));
    } else if (query.state === "done") {
      html(line, "b", {}, `${HEADS[query.what][query.known]} `);
      line.append(`${query.said[0].toUpperCase()}${query.said.slice(1)} `);
      if (query.show) button(line, SHOWS[query.what], () => this.send({ do: "show" }));
    } else button(line, ASKED[what], () => this.send({ do: "ask", what }));
  }
}
