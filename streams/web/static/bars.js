// Shares as bars with their intervals, and small tables: what several panels are made of.

import { h, s } from "./dom.js";
import { bounds, isNumber, percent } from "./format.js";

const at = (value, from) => `${(Math.min(Math.max((value - from) / (1 - from), 0), 1) * 100).toFixed(2)}%`;
const wide = (value, from, least) => `${Math.max(Math.min(Math.max((value - from) / (1 - from), 0), 1) * 100, least).toFixed(2)}%`;

/** A share between `from` and 1: its bar, and its interval as a bracket over it. */
export function intervalBar({ value, low, high }, label, { from = 0, kind = "" } = {}) {
  const known = isNumber(low) && isNumber(high);
  const words = `${label} ${percent(value)}${known && low !== high ? `, from ${bounds(low, high)}` : ""}`;
  return s("svg", { class: `ibar ${kind}`.trim(), role: "img", "aria-label": words }, s("title", {}, words),
    s("rect", { class: "track", width: "100%", height: 8, y: 3, rx: 2 }),
    s("rect", { class: "fill", width: isNumber(value) && value > 0 ? wide(value, from, 0.6) : 0, height: 8, y: 3, rx: 2 }),
    ...(known && high > low ? [
      s("line", { class: "reach", x1: at(low, from), x2: at(high, from), y1: 7, y2: 7 }),
      ...[low, high].map((one) => s("line", { class: "reach", x1: at(one, from), x2: at(one, from), y1: 2, y2: 12 })),
    ] : []));
}

/** Where a scale of shares may begin so that differences near 1 can be seen: at 0, .5, .8, or .9. */
export function beginning(lows) {
  const least = Math.min(...lows.filter(isNumber));
  return [0.9, 0.8, 0.5].find((from) => least > from + (1 - from) * 0.1) ?? 0;
}

/** A table of its own look; null where there is no row. `rows` are arrays of cells, the first one the row's heading. */
export function plainTable(caption, head, rows, attributes = {}) {
  if (!rows.length) return null;
  return h("div", { class: "tablewrap" }, h("table", { class: "plain", ...attributes }, caption ? h("caption", {}, caption) : null,
    h("thead", {}, h("tr", {}, ...head.map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, ...rows.map((row) => h("tr", {}, ...row.map((cell, i) => (i === 0
      ? h("th", { scope: "row", "data-label": head[0] }, ...[cell].flat()) : h("td", { "data-label": head[i] }, ...[cell].flat()))))))));
}

/** Names with their values, those that are not known left out. */
export function pairs(...given) {
  const known = given.filter((pair) => pair && pair[1] !== null && pair[1] !== undefined && pair[1] !== "");
  if (!known.length) return null;
  return h("dl", { class: "pairs" }, ...known.map(([name, value, note]) => h("div", { title: note ?? null }, h("dt", {}, name), h("dd", {}, ...[value].flat()))));
}

/** A part of a panel with its heading; null where nothing is in it. */
export function part(heading, ...children) {
  const there = children.flat().filter(Boolean);
  return there.length ? h("section", { class: "part" }, h("h3", {}, heading), ...there) : null;
}
