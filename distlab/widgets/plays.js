// What a learner may do at a moment, and which key does it. No drawing here: these functions are tested without a browser.
//   board.cards   [{key, acts: [{do, label, choice, crash, off}], ...}]: what may happen next

// What a key means: [what to do, further], or null when the key is not ours. `shift` only where it matters.
export function meaning(key, board) {
  if (board.asking) {
    const number = Number(key);
    if (key >= "1" && key <= "9" && number <= board.asking.options.length) return ["answer", number - 1];
    if (key === "Escape") return ["cancel"];
  }
  return KEYS[key] ?? KEYS[key.toLowerCase()] ?? null;
}

const KEYS = {
  ArrowUp: ["turn", -1], ArrowDown: ["turn", 1], ArrowLeft: ["undo"], ArrowRight: ["redo"], Home: ["go", 0],
  End: ["go", Infinity], Enter: ["act", "main"], " ": ["act", "main"], d: ["act", "main"], x: ["act", "drop"],
  t: ["act", "twice"], c: ["act", "crash"], z: ["undo"], y: ["redo"], b: ["branch"], s: ["save"],
  w: ["ask", "winnable"], "?": ["ask", "shorter"], Escape: ["leave"],
};

// The card that is chosen after a play: the same one if it is still there, else the one that took its place.
export function chosen(cards, key, place) {
  const same = cards.findIndex((card) => card.key === key);
  return same >= 0 ? same : Math.max(0, Math.min(place, cards.length - 1));
}

// What a card can do of this name ("main": its first); undefined if it cannot do it, or cannot do it now.
export function act(card, name) {
  const found = name === "main" ? card?.acts[0] : card?.acts.find((one) => one.do === name);
  return found && !found.off ? found : undefined;
}

// How far each message under way is drawn on its way: those of one link stand one behind the other, the oldest in front.
export function spread(cards) {
  const links = new Map();
  for (const card of cards) {
    if (card.sort !== "message") continue;
    const link = `${card.from} ${card.to}`;
    links.set(link, [...(links.get(link) ?? []), card.key]);
  }
  const parts = new Map();
  for (const keys of links.values()) keys.forEach((key, i) => parts.set(key, (keys.length - i) / (keys.length + 1)));
  return parts;
}

// The links that messages have used or that are cut, as pairs of numbers in order; each with how much of it is cut.
export function links(flights, cut, names) {
  const found = new Map();
  const add = (a, b, broken) => {
    if (a === b) return;
    const [low, high] = a < b ? [a, b] : [b, a];
    const one = found.get(`${low} ${high}`) ?? { ends: [low, high], cut: 0 };
    one.cut += broken;
    found.set(`${low} ${high}`, one);
  };
  for (const [, , from, to] of flights) add(from, to, 0);
  for (const [a, b] of cut) add(names.indexOf(a), names.indexOf(b), 1);
  return [...found.values()];
}
