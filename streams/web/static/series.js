// A number over time, drawn large: axes, marks of what happened, and a cursor for pointer and keyboard.

import { h, s, setText } from "./dom.js";
import { isNumber } from "./format.js";

const HEIGHT = 220;
const [LEFT, RIGHT, TOP, BOTTOM] = [64, 14, 16, 26];
const STEPS = [1, 2, 2.5, 5, 10];

/** Round numbers between two others, about four. */
export function ticks(low, high, count = 4) {
  if (!(high > low)) return [low];
  const raw = (high - low) / count;
  const size = 10 ** Math.floor(Math.log10(raw));
  const step = size * STEPS.find((one) => one * size >= raw * 0.999);
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i += 1) found.push(i * step || 0);
  return found;
}

const TIMES = [1, 5, 10, 30, 60, 300, 600, 1800, 3600, 10800, 21600, 43200, 86400, 172800, 604800, 2592000, 31536000].map((one) => one * 1000);

function timeTicks(from, to, width) {
  const step = TIMES.find((one) => (to - from) / one <= Math.max(width / 110, 2)) ?? TIMES[TIMES.length - 1];
  const found = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) found.push(at);
  return { found, label: (at) => { const text = new Date(at).toISOString(); return step < 60000 ? text.slice(11, 19) : step < 86400000 ? text.slice(11, 16) : text.slice(5, 10); } };
}

function scales(points, width) {
  const values = points.map((point) => point.value);
  let [low, high] = [Math.min(...values), Math.max(...values)];
  // What hardly moves is not made to look as if it did.
  const least = Math.max(Math.abs(high) * 0.01, 1e-9);
  if (high - low < least) { low -= low === 0 ? 0 : least; high += least; }
  if (low > 0 && low < high * 0.5) low = 0;
  const [from, to] = [points[0].at, Math.max(points[points.length - 1].at, points[0].at + 1)];
  return {
    low, high, from, to,
    x: (at) => LEFT + ((at - from) / (to - from)) * (width - LEFT - RIGHT),
    y: (value) => HEIGHT - BOTTOM - ((value - low) / (high - low)) * (HEIGHT - TOP - BOTTOM),
  };
}

function axes(scale, width, text) {
  const { found, label } = timeTicks(scale.from, scale.to, width - LEFT);
  return s("g", { class: "axes", "aria-hidden": "true" },
    ...ticks(scale.low, scale.high).flatMap((value) => [
      s("line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: scale.y(value), y2: scale.y(value) }),
      s("text", { x: LEFT - 8, y: scale.y(value) + 4, "text-anchor": "end" }, text(value))]),
    ...found.map((at) => s("text", { x: scale.x(at), y: HEIGHT - 8, "text-anchor": "middle" }, label(at))));
}

function markNodes(marks, scale) {
  return marks.filter((mark) => mark.at >= scale.from && mark.at <= scale.to).map((mark) => s("g", { class: `moment ${mark.kind}` }, s("title", {}, mark.text),
    s("line", { x1: scale.x(mark.at), x2: scale.x(mark.at), y1: TOP - 4, y2: HEIGHT - BOTTOM }),
    s("circle", { cx: scale.x(mark.at), cy: TOP - 6, r: 4 })));
}

// One line for the points of each `of`; below a single one its area.
function trails(points, scale) {
  const lines = new Map();
  for (const point of points) {
    if (!lines.has(point.of)) lines.set(point.of, []);
    lines.get(point.of).push(`${scale.x(point.at).toFixed(1)},${scale.y(point.value).toFixed(1)}`);
  }
  const floor = HEIGHT - BOTTOM;
  const area = lines.size > 1 ? [] : [s("polygon", { class: "area", points: `${scale.x(points[0].at)},${floor} ${[...lines.values()][0].join(" ")} ${scale.x(points[points.length - 1].at)},${floor}` })];
  return [...area, ...[...lines.values()].map((line) => s("polyline", { class: "trail", points: line.join(" ") }))];
}

/**
 * `points`: `{at, value}` in order of time, with `of` where there are several lines; `marks`: `{at, kind, text}`. The
 * plot takes the width it is given.
 */
export class SeriesPlot {
  constructor(label) {
    this.label = label;
    this.at = null;
    this.said = h("p", { class: "reading", role: "status" });
    this.svg = s("svg", { class: "series", height: HEIGHT, tabindex: 0, role: "group" });
    this.node = h("figure", { class: "plotbox" }, this.svg, this.said);
    this.svg.addEventListener("pointermove", (event) => this.point(event.clientX - this.svg.getBoundingClientRect().left));
    this.svg.addEventListener("pointerleave", () => { if (document.activeElement !== this.svg) this.read(null); });
    this.svg.addEventListener("focus", () => this.read(this.at ?? this.points.length - 1));
    this.svg.addEventListener("blur", () => this.read(null));
    this.svg.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => { if (this.points) this.draw(); }).observe(this.node);
  }

  update(points, marks, text, name) {
    Object.assign(this, { points: points.filter((point) => isNumber(point.value)), marks, text, name });
    this.draw();
  }

  draw() {
    const width = Math.round(this.node.clientWidth) || 800;
    const { points, svg } = this;
    svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    if (points.length < 2) { svg.replaceChildren(); return; }
    const scale = this.scale = scales(points, width);
    svg.setAttribute("aria-label", `${this.label}: ${this.name} from ${this.text(points[0].value)} to ${this.text(points[points.length - 1].value)}; arrow keys read the points`);
    this.cursor = s("g", { class: "cursor", "aria-hidden": "true" });
    svg.replaceChildren(axes(scale, width, this.text),
      ...trails(points, scale), ...markNodes(this.marks, scale), this.cursor);
    this.read(this.at);
  }

  point(x) {
    if (!this.scale) return;
    let best = 0;
    this.points.forEach((point, i) => { if (Math.abs(this.scale.x(point.at) - x) < Math.abs(this.scale.x(this.points[best].at) - x)) best = i; });
    this.read(best);
  }

  key(event) {
    const last = this.points.length - 1;
    const at = this.at ?? last;
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, PageUp: at + 10, PageDown: at - 10, Home: 0, End: last, Escape: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.read(Math.min(Math.max(to, 0), last));
  }

  read(at) {
    this.at = at !== null && at < this.points.length ? at : null;
    const point = this.at === null ? null : this.points[this.at];
    if (point && this.scale) {
      const [x, y] = [this.scale.x(point.at), this.scale.y(point.value)];
      this.cursor.replaceChildren(s("line", { x1: x, x2: x, y1: TOP, y2: HEIGHT - BOTTOM }), s("circle", { cx: x, cy: y, r: 4 }));
    } else {
      this.cursor?.replaceChildren();
    }
    setText(this.said, point ? `${new Date(point.at).toISOString().slice(0, 19).replace("T", " ")} · ${this.text(point.value)} ${this.name}${point.of === undefined ? "" : ` of ${point.of}`}` : " ");
  }
}
