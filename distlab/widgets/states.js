// The nodes of a run as a table: what each is and keeps at a moment, and what the last step changed.
import { changeAt, difference, textAt } from "./moments.js";
import { html } from "./stage.js";

export class States {
  constructor(parent, run) {
    this.run = run;
    const frame = html(parent, "div", { class: "frame" });
    const table = html(frame, "table", { class: "states", "aria-label": "the nodes at this moment" });
    const head = html(html(table, "thead"), "tr");
    for (const title of ["node", "state", "keeps", "changed by this step"]) html(head, "th", { scope: "col", title }, title);
    const body = html(table, "tbody");
    this.rows = run.nodes.map((node, i) => this.row(body, node, i));
  }

  row(body, node, i) {
    const row = html(body, "tr");
    const name = html(html(row, "th", { scope: "row" }), "button", { type: "button", "aria-expanded": "false" });
    name.textContent = node.name;
    name.title = "show all it keeps";
    name.addEventListener("click", () => this.open(i));
    const state = html(html(row, "td"), "span", { class: "chip" });
    const [keeps, changed] = [html(row, "td", { class: "keeps" }), html(row, "td", { class: "change" })];
    const more = html(body, "tr", { class: "more", hidden: "" });
    const whole = html(html(more, "td", { colspan: "4" }), "dl");
    return { row, name, state, keeps, changed, more, whole };
  }

  // Show all that a node keeps, in full; once more puts it away.
  open(i) {
    const { more, name } = this.rows[i];
    more.hidden = !more.hidden;
    name.setAttribute("aria-expanded", String(!more.hidden));
    this.unfold(i);
  }

  show(moment) {
    this.moment = moment;
    this.run.nodes.forEach((node, i) => this.update(node, i));
  }

  update(node, i) {
    const { texts, tints } = this.run;
    const { row, state, keeps, changed, more } = this.rows[i];
    const text = (column) => texts[textAt(column, this.moment)] ?? "";
    const [word, trouble] = [text(node.word), text(node.trouble)];
    row.classList.toggle("troubled", trouble !== "");
    put(state, [word, trouble].filter(Boolean).join(", "));
    state.style.background = trouble !== "down" && tints[word] ? `var(--band-${tints[word]})` : "";
    const moving = node.fields.filter(([, moments]) => moments.length > 1);
    const shown = (moving.length ? moving : node.fields).map(([name, ...column]) => [name, text(column)]);
    put(keeps, shown.flatMap(([name, value]) => (value ? [`${name} ${value}`] : [])).join(" · "));
    const changes = this.changes(node);
    put(changed, changes.join(" · "));
    changed.title = changes.join("\n");
    changed.classList.toggle("fresh", changes.length > 0);
    if (!more.hidden) this.unfold(i);
  }

  // What this step changed in a node, each a short text.
  changes(node) {
    const columns = [["", ...node.word], ["", ...node.trouble], ...node.fields];
    return columns.flatMap(([name, ...column]) => {
      const change = changeAt(column, this.moment);
      if (!change) return [];
      const [before, after] = change.map((text) => (text === undefined ? "" : this.run.texts[text]));
      if (name === "") return [after === "" ? `no longer ${before}` : before ? `${before} → ${after}` : after];
      const [old, now] = difference(before, after);
      return [`${name} ${old ? `${old} → ${now || "–"}` : before ? `+ ${now}` : now}`];
    });
  }

  unfold(i) {
    const { whole, more } = this.rows[i];
    if (more.hidden) return;
    whole.replaceChildren();
    for (const [name, ...column] of this.run.nodes[i].fields) {
      html(whole, "dt", {}, name);
      const fresh = changeAt(column, this.moment) ? { class: "fresh" } : {};
      html(whole, "dd", fresh, this.run.texts[textAt(column, this.moment)] || "–");
    }
    if (!this.run.nodes[i].fields.length) html(whole, "dt", {}, "nothing else");
  }
}

// Text that stays is not written again: the browser would lay it out anew.
function put(element, text) {
  if (element.textContent === text) return;
  element.textContent = text;
  element.title = text;
}
