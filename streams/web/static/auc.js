// Intervals of AUC on a line from .5, which is guessing, to 1; below .5 stands at the left end.

import { s } from "./dom.js";
import { isNumber } from "./format.js";

const STEP = 9;
const TICKS = [0.5, 0.6, 0.7, 0.8, 0.9, 1];

const share = (auc) => Math.min(Math.max((auc - 0.5) / 0.5, 0), 1);
const at = (auc) => `${(share(auc) * 100).toFixed(2)}%`;

function words({ label, value, low, high }) {
  return `${label} ${value.toFixed(3)}, between ${low.toFixed(3)} and ${high.toFixed(3)}`;
}

function lines(height) {
  return TICKS.map((tick) => s("line", { class: "tick", x1: at(tick), x2: at(tick), y1: 0, y2: height }));
}

/** One line an interval: `{kind, label, value, low, high}`; those without a value are left out, their place stays. */
export function interval(rows) {
  const known = rows.filter((row) => isNumber(row.value));
  const height = STEP * rows.length + 2;
  const label = known.length ? known.map(words).join("; ") : "no AUC yet";
  return s("svg", { class: "auc", height, role: "img", "aria-label": label }, ...lines(height),
    ...rows.flatMap((row, i) => {
      if (!isNumber(row.value)) return [];
      const low = isNumber(row.low) ? row.low : row.value;
      const high = isNumber(row.high) ? row.high : row.value;
      const y = STEP * (i + 0.5) + 1;
      const width = `${Math.max((share(high) - share(low)) * 100, 0.3).toFixed(2)}%`;
      return [s("g", { class: row.kind }, s("title", {}, words({ ...row, low, high })),
        s("rect", { x: at(low), width, y: y - 2, height: 4, rx: 2 }), s("circle", { cx: at(row.value), cy: y, r: 3.2 }))];
    }));
}

/** The numbers below the lines. */
export function scale() {
  return s("svg", { class: "auc", height: 14, "aria-hidden": "true" },
    ...TICKS.map((tick, i) => s("text", { x: at(tick), y: 11, "text-anchor": i === 0 ? "start" : i === TICKS.length - 1 ? "end" : "middle" }, tick.toFixed(1))));
}
