// A drawing from Python whose parts are buttons: every element with data-click.
// By mouse, or by keyboard: Tab and the arrow keys move, Enter and the space bar press, Escape lets go.

const SVG = "http://www.w3.org/2000/svg";
const PATIENCE = 3000; // milliseconds until a press that nobody answers is reported
const GONE = "No answer from Python. If the kernel was stopped or restarted, run this cell again.";
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// Which of some points is the next one in a direction: near, and not too far to the side. -1 if there is none.
export function next(from, points, [dx, dy]) {
  let best = -1;
  let least = Infinity;
  points.forEach(([x, y], i) => {
    const along = (x - from[0]) * dx + (y - from[1]) * dy;
    const aside = Math.abs((x - from[0]) * dy) + Math.abs((y - from[1]) * dx);
    const cost = along + 2.5 * aside;
    if (along > 1 && cost < least) [best, least] = [i, cost];
  });
  return best;
}

const middle = (part) => {
  const { x, y, width, height } = part.getBoundingClientRect();
  return [x + width / 2, y + height / 2];
};

// Parts too small to hit get an invisible disc around them, which also shows where the focus is.
function enlarge(parts) {
  const small = parts.filter((part) => !part.querySelector(".distlab-hit"));
  const boxes = small.map((part) => part.getBBox()); // all measured before any is changed: one layout
  small.forEach((part, i) => {
    const { x, y, width, height } = boxes[i];
    const ring = { cx: x + width / 2, cy: y + height / 2, r: Math.max(11, Math.max(width, height) / 2 + 4) };
    const disc = document.createElementNS(SVG, "circle");
    const look = { ...ring, class: "distlab-hit", fill: "transparent", "stroke-width": 6 };
    for (const [name, value] of Object.entries(look)) disc.setAttribute(name, value);
    part.prepend(disc);
  });
}

function render({ model, el }) {
  el.classList.add("distlab-widget", "distlab-clickable");
  el.dataset.lmSuppressShortcuts = "true"; // JupyterLab: these keys are ours
  const [shell, notice, said] = ["div", "p", "p"].map((name) => el.appendChild(document.createElement(name)));
  notice.className = "distlab-notice";
  notice.setAttribute("role", "alert");
  said.setAttribute("aria-live", "polite");
  const parts = () => [...shell.querySelectorAll("[data-click]")];
  let waiting;

  function draw() {
    const inside = shell.contains(document.activeElement);
    const focused = inside ? document.activeElement.closest("[data-click]")?.dataset.click : undefined;
    shell.innerHTML = model.get("svg");
    for (const svg of shell.querySelectorAll("svg")) svg.setAttribute("role", "group"); // an img has no parts
    for (const part of parts()) {
      part.setAttribute("role", "button");
      part.setAttribute("tabindex", "0");
    }
    enlarge(parts());
    if (focused) parts().find((part) => part.dataset.click === focused)?.focus({ preventScroll: true });
  }

  function press(part) {
    const n = (model.get("pressed").n ?? 0) + 1;
    model.set("pressed", { what: part.dataset.click, n });
    model.save_changes();
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      if (model.get("answered") < n) notice.textContent = GONE;
    }, PATIENCE);
  }

  function answer() {
    clearTimeout(waiting);
    complain();
  }

  const complain = () => (notice.textContent = model.get("wrong"));
  const say = () => (said.textContent = model.get("said"));

  shell.addEventListener("click", (event) => {
    const part = event.target.closest("[data-click]");
    if (part) press(part);
  });
  shell.addEventListener("focusin", (event) => {
    event.target.dataset.lmSuppressShortcuts = "true"; // JupyterLab and Notebook: these keys are ours
  });
  shell.addEventListener("keydown", (event) => {
    const part = event.target.closest("[data-click]");
    if (!part || event.ctrlKey || event.metaKey || event.altKey || event.key === "Tab") return;
    event.stopPropagation();
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (!event.repeat) press(part);
    } else if (event.key === "Escape") {
      part.blur();
    } else if (ARROWS[event.key]) {
      event.preventDefault();
      const others = parts().filter((other) => other !== part);
      others[next(middle(part), others.map(middle), ARROWS[event.key])]?.focus();
    }
  });

  const listeners = { "change:svg": draw, "change:answered": answer, "change:said": say, "change:wrong": complain };
  for (const [event, listener] of Object.entries(listeners)) model.on(event, listener);
  draw();
  complain();
  return () => {
    clearTimeout(waiting);
    for (const [event, listener] of Object.entries(listeners)) model.off(event, listener);
  };
}

export default { render };
