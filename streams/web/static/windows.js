// What the newest window of labels says of a version: figures in whole and by segment, and the reliability curve.

import { h, s, visible } from "./dom.js";
import { bound, isNumber, whole } from "./format.js";

const [WIDTH, HEIGHT, LEFT, BOTTOM, EDGE] = [300, 190, 44, 34, 8];

const three = (value) => (isNumber(value) ? value.toFixed(3) : "–");
// Clicks are rare: below one in a hundred two places.
const rate = (share) => (isNumber(share) && share > 0 && share < 0.01 ? `${(share * 100).toFixed(2)} %` : bound(share));
const span = (low, high) => (isNumber(low) && isNumber(high) ? h("span", { class: "bounds" }, ` ${three(low)}–${three(high)}`) : null);

// Head, what it means, and the cell of the figures of a window.
const COLUMNS = [
  ["labels", "impressions whose attribution window is over", (one) => whole(one.labels)],
  ["AUC", "with its 95 % interval; 0.5 is guessing", ({ auc }) => [three(auc?.value), isNumber(auc?.value) ? span(auc.low, auc.high) : null]],
  ["log loss", "in nats: the lower, the better the probabilities", (one) => (isNumber(one.log_loss) ? one.log_loss.toFixed(4) : "–")],
  ["calibration", "what happened, divided by what was said: 1 is right", (one) => (isNumber(one.calibration) ? one.calibration.toFixed(2) : "–")],
  ["acted on", "share of what was shown", (one) => rate(one.click_rate)],
  ["bought", "share of what was shown", (one) => rate(one.purchase_rate)],
  ["precision@5", "of the first five of a page, how much was acted on", (one) => rate(one.pages?.["precision@5"])],
  ["recall@5", "of what was acted on, how much stood in the first five", (one) => bound(one.pages?.["recall@5"])],
  ["NDCG", "whether what was acted on stood on top", (one) => three(one.pages?.ndcg)],
  ["items", "different items shown", (one) => whole(one.items_shown)],
];
const CORRECTED = [
  ["AUC, corrected", "if all items had equal chances of being shown", ({ corrected }) => [three(corrected?.auc?.value), span(corrected?.auc?.low, corrected?.auc?.high)]],
  ["acted on, corrected", "if all items had equal chances of being shown; in the title how much that rests on", ({ corrected }) => acted(corrected)],
];

function acted(corrected) {
  if (!isNumber(corrected?.click_rate)) return "–";
  const { labels, effective, clipped, unusable } = corrected;
  const title = `${rate(corrected.click_rate_low)} to ${rate(corrected.click_rate_high)}; ${whole(labels)} labels say as much as ${whole(effective)} of equal weights`
    + `; ${whole(clipped)} weights cut, ${whole(unusable)} propensities unusable`;
  return h("span", { title }, rate(corrected.click_rate));
}

function row(name, one, columns) {
  return h("tr", {}, h("th", { scope: "row" }, ...[name].flat()), ...columns.map(([head, , cell]) => h("td", { "data-label": head }, ...[cell(one)].flat())));
}

function table({ window, segments }) {
  const columns = window.corrected ? [...COLUMNS, ...CORRECTED] : COLUMNS;
  return h("table", {}, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "of"), ...columns.map(([head, title]) => h("th", { scope: "col", title }, head)))),
    h("tbody", {}, row("all", window, columns),
      ...segments.map((one) => row([h("span", { class: "aside" }, `${visible(one.segment)} `), visible(one.value)], one.window, columns))));
}

function curve(points) {
  const known = points.filter((one) => isNumber(one.score) && isNumber(one.rate));
  if (!known.length) return null;
  const most = Math.max(...known.flatMap((one) => [one.score, one.rate])) || 1;
  const x = (value) => LEFT + (value / most) * (WIDTH - LEFT - EDGE);
  const y = (value) => HEIGHT - BOTTOM - (value / most) * (HEIGHT - BOTTOM - EDGE);
  const said = (one) => `${rate(one.score)} was said, ${rate(one.rate)} acted on, of ${whole(one.labels)}`;
  return h("figure", {}, s("svg", { class: "reliability", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `Reliability: ${known.map(said).join("; ")}` },
    s("line", { class: "right", x1: x(0), y1: y(0), x2: x(most), y2: y(most) }),
    ...[0, most / 2, most].flatMap((mark) => [s("text", { x: LEFT - 6, y: y(mark) + 4, "text-anchor": "end" }, rate(mark)), s("text", { x: x(mark), y: HEIGHT - BOTTOM + 15, "text-anchor": mark === most ? "end" : "middle" }, rate(mark))]),
    s("polyline", { class: "found", points: known.map((one) => `${x(one.score).toFixed(1)},${y(one.rate).toFixed(1)}`).join(" ") }),
    ...known.map((one) => s("circle", { cx: x(one.score).toFixed(1), cy: y(one.rate).toFixed(1), r: 3.2 }, s("title", {}, said(one))))),
  h("figcaption", { class: "aside" }, "acted on, by the probability that was said; on the line it is right"));
}

/** The figures of a version's newest window: nodes of a table and of the reliability curve. */
export function windowFigures(figures) {
  return [h("div", { class: "tablewrap" }, table(figures)), curve(figures.window.curve ?? [])];
}
