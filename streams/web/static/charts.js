// Small pictures of distributions, drawn as SVG; each says in words what it shows.

import { s, visible } from "./dom.js";
import { isNumber, percent, statistic, whole } from "./format.js";

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

/** Numbers: a histogram over its own edges. Height is density, so that unequal bins do not mislead. */
export function histogram(field) {
  const { edges, counts } = field.histogram;
  const span = edges[edges.length - 1] - edges[0];
  const widths = counts.map((_, i) => edges[i + 1] - edges[i]);
  const even = span > 0 && widths.every((width) => width > 0);
  const densities = counts.map((count, i) => (even ? count / widths[i] : count));
  const most = Math.max(...densities, 0);
  const bars = counts.map((count, i) => {
    const x = even ? ((edges[i] - edges[0]) / span) * WIDTH : (i * WIDTH) / counts.length;
    const width = even ? (widths[i] / span) * WIDTH : WIDTH / counts.length;
    const label = `${visible(statistic(field, edges[i]))} to ${visible(statistic(field, edges[i + 1]))}: ${whole(count)}`;
    return bar(x, width - 0.6, most > 0 ? densities[i] / most : 0, label, "bin");
  });
  return chart(`histogram of ${counts.length} bins from ${visible(statistic(field, edges[0]))} to ${visible(statistic(field, edges[edges.length - 1]))}`, ...bars);
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
  return s("svg", { class: "whisker", role: "img", "aria-label": `${label} ${percent(score.score)}, between ${percent(low)} and ${percent(high)}` },
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
