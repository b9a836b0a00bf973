// The diagram of a play as Python drew it, with a line where the play stands; what was taken back lies in the shade.
import { shape } from "./stage.js";

// Parts of a diagram that are drawn on to its end, also where nothing has happened yet.
const LASTING = ".track, .state, .down, .paused, .operation, .messages, .flying";

export class Plot {
  constructor(parent) {
    this.parent = parent;
  }

  // `time`: where the play stands; `open`: nothing was taken back; `words`: what stands where nothing has happened yet.
  show(svg, time, open, words) {
    this.parent.innerHTML = svg;
    this.svg = this.parent.querySelector("svg");
    const { x0, x1, t0, t1 } = this.svg.dataset;
    [this.left, this.right, this.start, this.end] = [x0, x1, t0, t1].map(Number);
    this.width = Number(this.svg.getAttribute("width"));
    const [lines, x] = [this.lines(), this.x(time)];
    const [top, bottom] = [lines[0][0] - 30, lines[lines.length - 1][1] + 20];
    const box = { x, y: top, width: Math.max(0, this.right + 8 - x), height: bottom - top };
    const shade = shape(this.svg, "rect", { class: `shade${open ? " open" : ""}`, ...box });
    const here = shape(this.svg, "g", { class: "here", transform: `translate(${x})` });
    shape(here, "path", { d: `M0,${top}V${bottom}` });
    shape(here, "path", { class: "grip", d: `M-5,${bottom}h10l-5,-7z` });
    shape(here, "text", { x: 8, y: bottom }, "now");
    const lasting = [...this.svg.children].filter((part) => part.matches(LASTING));
    if (open && lasting.length) lasting[lasting.length - 1].after(shade, here); // under the last step's marks and words
    if (open && this.right - x > 170) {
      const [one, two] = lines; // between two lines the words are on nothing else
      shape(this.svg, "text", { class: "yours", x: x + 14, y: two ? (one[1] + two[0]) / 2 + 4 : bottom - 2 }, words);
    }
  }

  // The upper and the lower edge of each node's line.
  lines() {
    const tracks = [...this.svg.querySelectorAll("rect.track")];
    return tracks.map((track) => [0, Number(track.getAttribute("height"))].map((down) => Number(track.getAttribute("y")) + down));
  }

  x(time) {
    const part = this.end > this.start ? (time - this.start) / (this.end - this.start) : 0;
    return this.left + Math.min(1, Math.max(0, part)) * (this.right - this.left);
  }
}
