// Small pictures of distributions, drawn as SVG; each says in words what it shows.

import { s, visible } from "./dom.js";
import { bound, isNumber, percent, statistic, whole } from "./format.js";

const WIDTH = 132;
const HEIGHT = 30;

function chart(label, ...children) {
  return s("svg", { class: "chart", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": label }, ...children);
}

function bar(x, width, share, label, kind) {
  // What is there at all is at least a hairline.
  const height = share > 0 ? Math.max(share * (HEIGHT - 1), 1) : 0;
  return s("rect", { class: kind, x: x.toFixed(2), y: (HEIGHT - height).toFixed(2), width: Math.max(width, 0.5).toFixed(2), height: height.toFixed(2) },
    s("title", {}, label));
}

/** Bins of the same width but for the first and the last, which may hold a tail. */
function hasTails(widths) {
  const inner = widths.slice(1, -1);
  return inner.length > 0 && inner.every((width) => Math.abs(width - inner[0]) <= inner[0] * 1e-3);
}

function bins(edges, counts) {
  const widths = counts.map((_, i) => edges[i + 1] - edges[i]);
  const span = edges[edges.length - 1] - edges[0];
  const slot = WIDTH / counts.length;
  if (span <= 0 || widths.some((width) => width <= 0) || hasTails(widths)) {
    const tail = (i) => (i === 0 || i === counts.length - 1) && Math.abs(widths[i] - widths[1]) > widths[1] * 1e-3;
    return counts.map((count, i) => ({ x: i * slot, width: slot, height: count, kind: counts.length > 2 && tail(i) ? "tail" : "bin" }));
  }
  return counts.map((count, i) => ({ x: ((edges[i] - edges[0]) / span) * WIDTH, width: (widths[i] / span) * WIDTH, height: count / widths[i], kind: "bin" }));
}

/** Numbers: a histogram. Even bins are drawn by their counts, a wide tail at either end paler and no wider than the
 *  others; bins of any other widths by their density, so that a wide one does not mislead. */
export function histogram(field) {
  const { edges, counts } = field.histogram;
  const drawn = bins(edges, counts);
  const most = Math.max(...drawn.map((one) => one.height), 0);
  const text = (edge) => visible(statistic(field, edge));
  return chart(`histogram of ${counts.length} bins from ${text(edges[0])} to ${text(edges[edges.length - 1])}`,
    ...drawn.map(({ x, width, height, kind }, i) => bar(x, width - 0.6, most > 0 ? height / most : 0, `${text(edges[i])} to ${text(edges[i + 1])}: ${whole(counts[i])}`, kind)));
}

/** Categories: the most frequent values in order, each against the first. */
export function ranks(field) {
  const top = field.top.slice(0, 12);
  const most = Math.max(...top.map((entry) => entry.count), 1);
  const step = WIDTH / 12;
  const bars = top.map((entry, i) => bar(i * step, step - 1.6, entry.count / most, `${visible(entry.value)}: ${whole(entry.count)}`, "rank"));
  const counted = top.reduce((sum, entry) => sum + entry.count, 0);
  return chart(`the ${top.length} most frequent values, together ${percent(field.count > 0 ? Math.min(counted / field.count, 1) : null)} of all`, ...bars);
}

/** The picture that fits a field, or null where there is nothing to draw. */
export function distribution(field) {
  const { edges, counts } = field.histogram ?? {};
  const drawable = Array.isArray(counts) && counts.length > 0 && edges?.length === counts.length + 1 && edges.every(isNumber);
  if (drawable && counts.some((count) => count > 0)) return histogram(field);
  return field.top?.length ? ranks(field) : null;
}

/** A share as a thin bar. */
export function share(value, label, kind = "") {
  const width = isNumber(value) ? Math.min(Math.max(value, 0), 1) * 100 : 0;
  return s("svg", { class: `share ${kind}`.trim(), role: "img", "aria-label": `${label} ${percent(value)}` },
    s("rect", { class: "track", width: "100%", height: "100%", rx: 2 }),
    s("rect", { class: "fill", width: `${value > 0 ? Math.max(width, 1.5) : 0}%`, height: "100%", rx: 2 }));
}

/** A score with its interval on a line from 0 to 1. */
export function whisker(score, label) {
  const at = (value) => `${Math.min(Math.max(value ?? 0, 0), 1) * 100}%`;
  const low = score.low ?? score.score;
  const high = score.high ?? score.score;
  const between = Math.max((high ?? 0) - (low ?? 0), 0.012) * 100;
  return s("svg", { class: "whisker", role: "img", "aria-label": `${label} ${percent(score.score)}, between ${bound(low)} and ${bound(high)}` },
    s("rect", { class: "track", width: "100%", height: "4", y: "4", rx: 2 }),
    s("rect", { class: "fill", width: at(score.score), height: "4", y: "4", rx: 2 }),
    s("rect", { class: "bound", x: at(low), width: `${between}%`, height: "12", y: "0", rx: 1.5 }));
}

/** How the records of an asset grew, over time. */
export function trail(points) {
  const times = points.map((point) => Date.parse(point.time));
  const span = Math.max(times[times.length - 1] - times[0], 1);
  const most = Math.max(...points.map((point) => point.records), 1);
  const line = points.map((point, i) => `${(((times[i] - times[0]) / span) * WIDTH).toFixed(1)},${(HEIGHT - (point.records / most) * (HEIGHT - 2)).toFixed(1)}`);
  const node = chart(`from ${whole(points[0].records)} to ${whole(points[points.length - 1].records)} records`,
    s("polygon", { class: "area", points: `0,${HEIGHT} ${line.join(" ")} ${WIDTH},${HEIGHT}` }), s("polyline", { class: "trail", points: line.join(" ") }));
  node.classList.add("wide");
  return node;
}
