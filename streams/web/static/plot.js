// The distribution of one field, drawn large: bins with the quantiles marked, frequent values with their intervals.

import { intervalBar } from "./bars.js";
import { h, s, valueNode, visible } from "./dom.js";
import { bound, isNumber, percent, short, statistic, whole } from "./format.js";

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [560, 180, 46, 24, 22];
const MARKED = ["0.05", "0.25", "0.5", "0.75", "0.95"];
const LABELS = [0.5, 0.05, 0.95, 0.25, 0.75];
const MOST_VALUES = 12;

// A value's place on an axis on which each bin has the same width: outer bins may be wide.
function placer(edges) {
  const slot = (WIDTH - LEFT) / (edges.length - 1);
  return (value) => {
    const last = edges.length - 2;
    let bin = edges.findIndex((edge, i) => i > 0 && value <= edge) - 1;
    if (bin < 0) bin = value <= edges[0] ? 0 : last;
    const span = edges[bin + 1] - edges[bin];
    return LEFT + slot * (bin + (span > 0 ? Math.min(Math.max((value - edges[bin]) / span, 0), 1) : 0.5));
  };
}

function isTail(edges, bin) {
  const count = edges.length - 1;
  if (count < 3 || (bin > 0 && bin < count - 1)) return false;
  return Math.abs((edges[bin + 1] - edges[bin]) - (edges[2] - edges[1])) > (edges[2] - edges[1]) * 1e-3;
}

// The median is labelled first, then the outer ones; a label that would touch another is left to the title.
function labelled(marks) {
  const placed = [];
  for (const mark of marks.toSorted((a, b) => LABELS.indexOf(a.share) - LABELS.indexOf(b.share))) {
    if (placed.every((other) => Math.abs(other.x - mark.x) > 40)) placed.push(mark);
  }
  return new Set(placed);
}

function quantileMarks(field, at) {
  const marks = MARKED.flatMap((rank) => {
    const one = field.quantiles?.[rank];
    const value = isNumber(one) ? one : one?.value;
    return isNumber(value) ? [{ share: Number(rank), value, x: at(value), label: rank === "0.5" ? "median" : `${Number(rank) * 100} %` }] : [];
  });
  const shown = labelled(marks);
  return marks.map((mark) => s("g", { class: mark.share === 0.5 ? "quantile median" : "quantile" }, s("title", {}, `${mark.label}: ${visible(statistic(field, mark.value))}`),
    s("line", { x1: mark.x, x2: mark.x, y1: TOP - 6, y2: HEIGHT - BOTTOM }), shown.has(mark) ? s("text", { x: mark.x, y: TOP - 9, "text-anchor": "middle" }, mark.label) : null));
}

function axis(field, edges, at) {
  const last = edges.length - 1;
  const shown = last > 6 ? [0, 1, ...[0.25, 0.5, 0.75].map((share) => Math.round(share * last)), last - 1, last] : [...edges.keys()];
  let before = -Infinity;
  const end = at(edges[last]);
  return shown.map((i) => {
    const text = visible(statistic(field, edges[i]));
    const x = i === 0 ? LEFT : at(edges[i]);
    const half = text.length * 3.3;
    if (x - (i === 0 ? 0 : half) < before || (i > 0 && i < last && x + half > end - String(statistic(field, edges[last])).length * 6.6 - 8)) return null;
    before = x + (i === 0 ? 2 * half : half) + 8;
    return s("text", { x, y: HEIGHT - BOTTOM + 16, "text-anchor": i === 0 ? "start" : i === last ? "end" : "middle" }, text);
  });
}

function histogramPlot(field) {
  const { edges, counts } = field.histogram;
  const at = placer(edges);
  const slot = (WIDTH - LEFT) / counts.length;
  const most = Math.max(...counts, 1);
  const total = counts.reduce((sum, count) => sum + count, 0) || 1;
  const floor = HEIGHT - BOTTOM;
  const text = (edge) => visible(statistic(field, edge));
  const tails = [0, counts.length - 1].some((bin) => isTail(edges, bin));
  const bars = counts.map((count, bin) => {
    const height = count > 0 ? Math.max((count / most) * (floor - TOP), 1) : 0;
    return s("rect", { class: isTail(edges, bin) ? "tail" : "bin", x: (LEFT + bin * slot + 0.5).toFixed(1), y: (floor - height).toFixed(1), width: Math.max(slot - 1, 0.5).toFixed(1), height: height.toFixed(1) },
      s("title", {}, `${text(edges[bin])} to ${text(edges[bin + 1])}: ${whole(count)}, ${percent(count / total)}`));
  });
  const label = `histogram of ${counts.length} bins from ${text(edges[0])} to ${text(edges[edges.length - 1])}, quantiles marked`;
  return h("figure", { class: "plot" },
    s("svg", { class: "distribution", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label },
      s("line", { class: "grid", x1: LEFT, x2: WIDTH, y1: floor, y2: floor }),
      s("text", { x: LEFT - 6, y: TOP + 8, "text-anchor": "end" }, short(most)), s("text", { x: LEFT - 6, y: floor, "text-anchor": "end" }, "0"),
      ...bars, ...quantileMarks(field, at), ...axis(field, edges, at).filter(Boolean)),
    h("figcaption", {}, tails ? "values by bin; the paler bins at the ends hold a hundredth each and are wider than drawn" : "values by bin"));
}

function topBars(field, masked) {
  const top = field.top.slice(0, MOST_VALUES);
  const of = Math.max(field.count ?? 0, ...top.map((one) => one.count), 1);
  const most = Math.max(...top.map((one) => (one.high ?? one.count) / of), 1e-9);
  const rows = top.map((one) => {
    const low = isNumber(one.low) ? one.low / of / most : undefined;
    const high = isNumber(one.high) ? one.high / of / most : undefined;
    const exact = one.low === one.high;
    const words = exact ? `${whole(one.count)}` : `${whole(one.count)}, between ${whole(one.low)} and ${whole(one.high)}`;
    return h("li", { title: words }, valueNode(one.value, { class: "label" }), bare(intervalBar({ value: one.count / of / most, low, high }, ""), `${visible(one.value)}: ${words}`),
      h("span", { class: "figure" }, percent(one.count / of), exact ? null : h("span", { class: "bounds" }, ` ${bound(one.low / of)}–${bound(one.high / of)}`)));
  });
  return h("figure", { class: "plot" }, h("ol", { class: "bars" }, ...rows), h("figcaption", {}, masked ? "the most frequent shapes: the values are masked" : top.every((one) => one.low === one.high) ? "the most frequent values, counted exactly" : "the most frequent values, with the interval of their share"));
}

// A bar is drawn against the longest one; what it says is its count.
function bare(svg, words) {
  svg.setAttribute("aria-label", words);
  svg.querySelector("title").textContent = words;
  return svg;
}

function lengthLine({ min, median, mean, max }) {
  const span = Math.max(max - min, 1);
  const x = (value) => 8 + ((value - min) / span) * (WIDTH - 16);
  const text = `lengths from ${whole(min)} to ${whole(max)} characters, median ${whole(median)}${isNumber(mean) ? `, mean ${mean.toFixed(1)}` : ""}`;
  return h("figure", { class: "plot" }, s("svg", { class: "distribution", viewBox: `0 0 ${WIDTH} 22`, role: "img", "aria-label": text }, s("title", {}, text),
    s("line", { class: "span", x1: x(min), x2: x(max), y1: 11, y2: 11 }), ...[min, max].map((one) => s("line", { class: "span", x1: x(one), x2: x(one), y1: 5, y2: 17 })),
    isNumber(median) ? s("circle", { class: "middle", cx: x(Math.min(Math.max(median, min), max)), cy: 11, r: 5 }) : null), h("figcaption", {}, text));
}

/** The pictures of a field: numbers as a histogram, what repeats as bars, lengths of texts as a line. */
export function plots(field, masked) {
  const { edges, counts } = field.histogram ?? {};
  const drawable = Array.isArray(counts) && counts.some((count) => count > 0) && edges?.length === counts.length + 1 && edges.every(isNumber);
  const repeats = field.top?.length > 0 && (masked || field.top[0].count > 1);
  return [drawable ? histogramPlot(field) : null, repeats ? topBars(field, masked) : null,
    isNumber(field.lengths?.min) && field.lengths.max > field.lengths.min ? lengthLine(field.lengths) : null].filter(Boolean);
}
