// The table of an asset's fields: one row a field, one more with its details when it is opened.

import { distribution, share } from "./charts.js";
import { aboutField, details } from "./detail.js";
import { h, place, redraw, valueNode, visible } from "./dom.js";
import { estimate, isNumber, percent, statistic, whole, words } from "./format.js";
import { piiBadge } from "./pii.js";

const COLUMNS = [
  ["Field", "name"], ["Meaning", "meaning"], ["Type", "types"], ["Missing", "missing"], ["Distinct", "number"],
  ["Min", "number"], ["Median", "number"], ["Max", "number"], ["Distribution", "picture"], ["Top values", "top"],
];
// More rows than this are drawn only when asked for.
const FIRST_ROWS = 200;
/** Share of a field's values that are missing, or null where none was seen. */
export function missingShare(field) {
  const total = (field.count ?? 0) + (field.missing ?? 0);
  return total > 0 ? (field.missing ?? 0) / total : null;
}

function meaning(field) {
  const known = field.semantic_type && field.semantic_type !== "unknown";
  return [
    h("span", { class: known ? "semantic" : "semantic unknown", title: field.evidence ?? null }, known ? words(field.semantic_type) : "not known"),
    known && isNumber(field.confidence) ? h("span", { class: "confidence", title: "confidence" }, percent(field.confidence)) : null,
  ];
}

function types(field) {
  const seen = Object.entries(field.types ?? {}).sort((a, b) => b[1] - a[1]);
  const total = seen.reduce((sum, entry) => sum + entry[1], 0);
  return seen.map(([name, count], i) => h("span", { class: i ? "type minor" : "type", title: `${whole(count)} values` },
    seen.length > 1 ? `${visible(name)} ${percent(count / total)}` : visible(name)));
}

function missing(field) {
  const value = missingShare(field);
  const spelled = field.missing_spelled ? `; further ${whole(field.missing_spelled)} say it in words such as N/A` : "";
  return h("span", { class: "bar", title: `${whole(field.missing)} of ${whole((field.count ?? 0) + (field.missing ?? 0))} missing${spelled}` },
    share(value, "missing", value > 0.2 ? "warn" : ""), h("span", { class: value ? "figure" : "figure none" }, percent(value)));
}

function bounded(field, quantile) {
  if (!quantile) return "–";
  const value = isNumber(quantile) ? quantile : quantile.value;
  const exact = isNumber(quantile) || quantile.low === quantile.high;
  const note = exact ? null : `estimated, between ${visible(statistic(field, quantile.low))} and ${visible(statistic(field, quantile.high))}`;
  return valueNode(statistic(field, value), note ? { title: note } : {});
}

function distinct(field) {
  const value = estimate(field.distinct);
  return h("span", { title: value.note, class: value.exact ? "figure" : "figure estimated" }, value.text);
}

function topShare(field, entry) {
  return field.count > 0 ? entry.count / field.count : null;
}

function topValues(field) {
  const top = (field.top ?? []).slice(0, 3);
  return h("ol", { class: "toplist" }, ...top.map((entry) =>
    h("li", {}, valueNode(entry.value), h("span", { class: "figure", title: whole(entry.count) }, percent(topShare(field, entry))))));
}

class FieldRow {
  constructor(name) {
    this.open = false;
    this.button = h("button", { type: "button", class: "expand", "aria-expanded": "false" }, valueNode(name, { class: "fieldname" }));
    this.badges = h("span", { class: "badges" });
    this.cells = COLUMNS.map(([label, kind], i) => (i === 0
      ? h("th", { scope: "row", class: kind }, this.button, this.badges)
      : h("td", { class: kind, "data-label": label })));
    this.row = h("tr", { class: "field" }, ...this.cells);
    this.panel = h("td", { colspan: COLUMNS.length });
    this.detail = h("tr", { class: "detail", hidden: true }, this.panel);
    this.button.addEventListener("click", () => this.toggle());
  }

  toggle() {
    this.open = !this.open;
    this.button.setAttribute("aria-expanded", String(this.open));
    this.detail.hidden = !this.open;
    this.draw();
  }

  update(field, asset) {
    this.field = field;
    this.asset = asset;
    this.draw();
  }

  show() {
    if (!this.open) this.toggle();
  }

  draw() {
    const field = this.field;
    const wide = { title: null };
    const makers = [null, meaning, types, missing, distinct,
      () => valueNode(statistic(field, field.min), wide), () => bounded(field, field.quantiles?.["0.5"]), () => valueNode(statistic(field, field.max), wide),
      distribution, topValues];
    const moved = [this.asset.drift, this.asset.schema_changes].map((found) => (found ?? []).some((one) => one?.field === field.field));
    redraw(this.badges, [field.pii, field.masked, moved], () => [piiBadge(field), moved[0] ? h("span", { class: "badge drift" }, "drift") : null, moved[1] ? h("span", { class: "badge schema" }, "schema") : null]);
    this.cells.slice(1).forEach((cell, i) => redraw(cell, this.keys()[i], () => makers[i + 1](field)));
    if (!this.open) return;
    const about = aboutField(this.asset, field.field);
    redraw(this.panel, [field, about], () => details(field, about));
  }

  // What each cell after the name depends on: a cell is redrawn only when that changed.
  keys() {
    const f = this.field;
    return [[f.semantic_type, f.confidence, f.evidence], f.types, [f.missing, f.count, f.missing_spelled], f.distinct, [f.min, f.semantic_type],
      [f.quantiles?.["0.5"], f.semantic_type], [f.max, f.semantic_type], [f.histogram, f.histogram ? null : f.top, f.count], [f.top?.slice(0, 3), f.count]];
  }
}

/** Keeps one table in step with the fields it is given. */
export class FieldTable {
  constructor(caption) {
    this.rows = new Map();
    this.all = false;
    this.body = h("tbody");
    this.more = h("button", { type: "button", class: "more", hidden: true });
    this.more.addEventListener("click", () => { this.all = true; this.update(this.fields, this.asset); });
    this.node = h("div", { class: "tablewrap" },
      h("table", { class: "fields" }, h("caption", { class: "hidden" }, caption),
        h("thead", {}, h("tr", {}, ...COLUMNS.map(([label, kind]) => h("th", { scope: "col", class: kind }, label)))), this.body),
      this.more);
  }

  update(fields, asset) {
    this.fields = fields;
    this.asset = asset;
    const shown = this.all ? fields : fields.slice(0, FIRST_ROWS);
    const rows = shown.map((field) => {
      if (!this.rows.has(field.field)) this.rows.set(field.field, new FieldRow(field.field));
      const row = this.rows.get(field.field);
      row.update(field, asset);
      return row;
    });
    place(this.body, rows.flatMap((row) => [row.row, row.detail]));
    this.more.hidden = shown.length === fields.length;
    this.more.textContent = `Show all ${whole(fields.length)} fields`;
  }

  /** Open a field, also one beyond those that are drawn at first; returns its row, or null where there is none. */
  show(name) {
    if (!this.rows.has(name) && this.fields?.some((field) => field.field === name)) {
      this.all = true;
      this.update(this.fields, this.asset);
    }
    const row = this.rows.get(name);
    row?.show();
    return row?.row.isConnected ? row : null;
  }
}
