// How the figures of an asset moved: a small line each, and the chosen one large, with what happened meanwhile.

import { h, redraw, s, setText, visible } from "./dom.js";
import { changeTitle, driftTitle, happenings } from "./drift.js";
import { bound, bytes, figure, isNumber, percent, short, whole } from "./format.js";
import { SeriesPlot } from "./series.js";

const [WIDTH, HEIGHT] = [120, 26];

function growth(points) {
  return points.slice(1).map((point, i) => {
    const seconds = (point.at - points[i].at) / 1000;
    return { at: point.at, value: seconds > 0 ? Math.max(point.records - points[i].records, 0) / seconds : NaN };
  });
}

const plain = (key) => (points) => points.map((point) => ({ at: point.at, value: point[key] }));
const MEASURES = [
  { key: "records", label: "Records", name: "records", of: plain("records"), text: short },
  { key: "rate", label: "Records/s", name: "records a second", of: growth, text: (value) => (value < 100 ? figure(Number(value.toPrecision(3))) : short(Math.round(value))) },
  { key: "bytes", label: "Bytes", name: "of values", of: plain("bytes"), text: bytes },
  { key: "quarantined", label: "Quarantined", name: "quarantined", of: plain("quarantined"), text: (value) => (Number.isInteger(value) ? whole(value) : figure(value)) },
  { key: "score", label: "Quality", name: "quality", of: plain("score"), text: (value) => (value >= 1 ? percent(value) : bound(value)) },
];

/** The points of an asset's history that can be drawn, in order of time. */
export function pointsOf(asset) {
  return (asset.history ?? []).map((point) => ({ ...point, at: Date.parse(point?.time ?? "") }))
    .filter((point) => isNumber(point.records) && !Number.isNaN(point.at)).sort((a, b) => a.at - b.at);
}

function spark(points) {
  const values = points.map((point) => point.value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [from, to] = [points[0].at, Math.max(points[points.length - 1].at, points[0].at + 1)];
  const line = points.map(({ at, value }) => `${(((at - from) / (to - from)) * WIDTH).toFixed(1)},${(high > low ? HEIGHT - 2 - ((value - low) / (high - low)) * (HEIGHT - 4) : HEIGHT / 2).toFixed(1)}`);
  return s("svg", { class: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" }, s("polyline", { class: "trail", points: line.join(" ") }));
}

function marksOf(asset) {
  return happenings(asset).filter((entry) => entry.kind !== "silence" && !Number.isNaN(entry.at)).map(({ kind, at, field, one }) => (
    { kind, at, text: `${kind === "drift" ? "drift" : "schema"}: ${visible(field)} ${kind === "drift" ? driftTitle(one) : changeTitle(one)}` }));
}

export class History {
  constructor(asset) {
    this.chosen = "records";
    this.plot = new SeriesPlot(`History of ${visible(asset)}`);
    this.tiles = new Map(MEASURES.map(({ key, label }) => {
      const now = h("span", { class: "now" });
      const picture = h("span", { class: "picture" });
      const button = h("button", { type: "button", class: "tile", "aria-pressed": String(key === this.chosen), "data-measure": key }, h("span", { class: "label" }, label), now, picture);
      button.addEventListener("click", () => { this.chosen = key; this.draw(); });
      return [key, { button, now, picture }];
    }));
    this.legend = h("p", { class: "momentkey" });
    this.node = h("div", { class: "history" }, h("div", { class: "tiles", role: "group", "aria-label": "Figure to show" }, ...[...this.tiles.values()].map((tile) => tile.button)), this.plot.node, this.legend);
  }

  update(asset) {
    const key = JSON.stringify([asset.history, asset.drift, asset.schema_changes]);
    if (key === this.key) return;
    this.key = key;
    this.points = pointsOf(asset);
    this.marks = marksOf(asset);
    this.draw();
  }

  draw() {
    for (const { key, of, text } of MEASURES) {
      const { button, now, picture } = this.tiles.get(key);
      const points = of(this.points).filter((point) => isNumber(point.value));
      button.hidden = points.length < 2;
      button.setAttribute("aria-pressed", String(key === this.chosen));
      if (button.hidden) continue;
      setText(now, text(points[points.length - 1].value));
      redraw(picture, points.map((point) => [point.at, point.value]), () => spark(points));
    }
    const measure = MEASURES.find(({ key }) => key === this.chosen);
    this.plot.update(measure.of(this.points), this.marks, measure.text, measure.name);
    const kinds = new Set(this.marks.map((mark) => mark.kind));
    redraw(this.legend, [...kinds], () => [...kinds].map((kind) => h("span", { class: `of-${kind}` }, kind === "drift" ? "drift" : "schema change")));
  }
}
