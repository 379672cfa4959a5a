// One asset: a line that says how it is, and below it, when opened, why, and its fields.

import { share, whisker } from "./charts.js";
import { h, redraw, setText, valueNode, visible } from "./dom.js";
import { happenings } from "./drift.js";
import { FieldTable, missingShare } from "./fields.js";
import { FINDINGS } from "./findings.js";
import { bound, duration, instant, isNumber, percent, short, whole } from "./format.js";
import { keyTable, relationTable } from "./graph.js";
import { History, pointsOf } from "./history.js";
import { hasOrigin, originPanel } from "./origin.js";
import { hasQuality, qualityPanel } from "./quality.js";
import { Tabs } from "./tabs.js";
import { Timeline } from "./timeline.js";

const GRADES = new Set(["A", "B", "C", "D", "E", "F"]);

/** Share of the places of an asset's usual fields that have no value, or null where that is not known. */
export function assetMissing(asset) {
  return isNumber(asset.missing_share) ? asset.missing_share : null;
}

function gradeNode(quality) {
  const grade = GRADES.has(quality?.grade) ? quality.grade : null;
  const note = grade && isNumber(quality.score) ? `quality ${percent(quality.score)}, between ${bound(quality.low)} and ${bound(quality.high)}` : "not graded yet";
  return h("span", { class: `grade ${grade ? `grade-${grade.toLowerCase()}` : "ungraded"}`, title: note, role: "img", "aria-label": grade ? `grade ${grade}` : note }, grade ?? "–");
}

function score(quality) {
  if (!isNumber(quality?.score)) return h("span", { class: "figure none" }, "not graded");
  return [h("span", { class: "figure", title: "lower and upper bound" }, percent(quality.score),
    h("span", { class: "bounds" }, ` ${(quality.low * 100).toFixed(1)}–${(quality.high * 100).toFixed(1)}`)), whisker(quality, "quality")];
}

function format(asset) {
  const { format: name, envelope } = asset.source ?? {};
  return [visible(name ?? "–"), envelope ? h("span", { class: "aside" }, ` in ${visible(envelope)}`) : null];
}

function fresh(asset) {
  const { last_event: last, lateness_s: late } = asset.freshness ?? {};
  const note = late && isNumber(late.p50) ? `arrives ${duration(late.p50)} after the event (median), ${duration(late.p99)} at the 99th percentile` : "";
  return h("span", { title: [last, note].filter(Boolean).join(" · ") || "no event time found" }, instant(last));
}

function quarantined(asset) {
  return h("span", { class: asset.quarantined > 0 ? "figure warn" : "figure none" }, whole(asset.quarantined ?? 0));
}

function missingOf(asset) {
  const value = assetMissing(asset);
  return h("span", { class: "bar", title: "of the places of fields that at least one record in fifty has, the share without a value" }, share(value, "missing", value > 0.2 ? "warn" : ""), h("span", { class: value ? "figure" : "figure none" }, percent(value)));
}

const METRICS = [
  ["Records", (asset, rate) => [h("span", { class: "figure strong" }, whole(asset.records)), rate > 0.5 ? h("span", { class: "rate" }, ` +${short(Math.round(rate))}/s`) : null],
    (asset, rate) => [asset.records, Math.round(rate)]],
  ["Quality", (asset) => score(asset.quality), (asset) => asset.quality],
  ["Missing", missingOf, (asset) => assetMissing(asset)],
  ["Format", format, (asset) => asset.source],
  ["Last event", fresh, (asset) => [asset.freshness, instant(asset.freshness?.last_event)]],
  ["Quarantined", quarantined, (asset) => asset.quarantined],
];

const TABS = [["fields", "Fields"], ["quality", "Quality"], ["history", "History"], ["timeline", "Timeline"], ["relations", "Relations"], ["origin", "Origin"]];

function flags({ findings }) {
  const of = (found, kind, text) => (found?.length ? h("span", { class: `badge ${kind}`, title: found.map(visible).join(", ") }, `${text} ${whole(found.length)}`) : null);
  return [of(findings?.drift, "drift", "drift"), of(findings?.schema_changes, "schema", "schema"), findings?.silent ? h("span", { class: "badge silence" }, "silent") : null];
}

/** A card that is kept in step with its asset. `onToggle(card)` is called when a person opens or closes it. */
export class AssetCard {
  constructor(name, onToggle) {
    this.name = name;
    this.open = false;
    this.rate = 0;
    this.grade = h("span", { class: "gradebox" });
    this.kind = h("span", { class: "kind" });
    this.size = h("span", { class: "aside" });
    this.flags = h("span", { class: "flags" });
    this.button = h("button", { type: "button", class: "toggle", "aria-expanded": "false" }, valueNode(name, { class: "assetname" }));
    this.metrics = METRICS.map(([label]) => h("dd", { "data-label": label }));
    this.findings = FINDINGS.map(() => h("div", { class: "slot" }));
    this.table = new FieldTable(`Fields of ${visible(name)}`);
    this.note = h("p", { class: "loading" }, "loading the fields");
    this.tabs = new Tabs(`Parts of ${visible(name)}`, TABS, () => this.drawPanel());
    this.tabs.panel("fields").append(this.note, this.table.node);
    this.history = new History(name);
    this.tabs.panel("history").append(this.history.node);
    this.timeline = new Timeline(name);
    this.tabs.panel("timeline").append(this.timeline.node);
    this.body = h("div", { class: "body", hidden: true }, h("div", { class: "findings" }, ...this.findings), this.tabs.node);
    this.table.node.hidden = true;
    this.node = h("section", { class: "asset" },
      h("div", { class: "head" }, this.grade,
        h("div", { class: "title" }, h("h2", {}, this.button), h("p", {}, this.kind, this.size, this.flags)),
        h("dl", { class: "metrics" }, ...METRICS.map(([label], i) => h("div", { class: `m m${i}` }, h("dt", {}, label), this.metrics[i])))),
      this.body);
    this.button.addEventListener("click", () => { this.show(!this.open); onToggle(this); });
  }

  show(open) {
    this.open = open;
    this.button.setAttribute("aria-expanded", String(open));
    this.body.hidden = !open;
  }

  /** Draw the line from the summary; the rate comes from the records of the last two summaries. */
  update(asset, now) {
    if (this.summary && asset.records !== this.summary.records && now > this.changed) {
      this.rate = Math.max(0, ((asset.records - this.summary.records) * 1000) / (now - this.changed));
      this.changed = now;
    } else if (!this.summary) {
      this.changed = now;
    } else if (now - this.changed > 6000) {
      this.rate = 0;
    }
    this.summary = asset;
    redraw(this.grade, asset.quality, () => gradeNode(asset.quality));
    setText(this.kind, visible(asset.kind ?? "other"));
    const fields = asset.fields?.length ?? 0;
    setText(this.size, `${whole(fields)} field${fields === 1 ? "" : "s"}`);
    redraw(this.flags, asset.findings, () => flags(asset));
    METRICS.forEach(([, make, key], i) => redraw(this.metrics[i], key(asset, this.rate), () => make(asset, this.rate)));
  }

  /** Draw what is below the line. `keep(field)` chooses the fields, `order` sorts them. */
  updateBody(asset, keep, order) {
    Object.assign(this, { asset, keep, order });
    FINDINGS.forEach(([make, key], i) => redraw(this.findings[i], key(asset), () => make(asset)));
    const found = happenings(asset);
    this.tabs.show("quality", hasQuality(asset), 0, false);
    this.tabs.show("history", pointsOf(asset).length > 1);
    this.tabs.show("timeline", found.length > 0, found.length, found.some((entry) => entry.kind !== "schema"));
    this.tabs.show("relations", Boolean(asset.relations?.length || asset.keys?.length), asset.relations?.length ?? 0);
    this.tabs.show("origin", hasOrigin(asset));
    this.drawPanel();
  }

  drawPanel() {
    const { asset } = this;
    if (!asset) return;
    const { chosen } = this.tabs;
    const panel = this.tabs.panel(chosen);
    if (chosen === "fields") this.drawFields();
    else if (chosen === "history") this.history.update(asset);
    else if (chosen === "timeline") this.timeline.update(asset);
    else if (chosen === "quality") redraw(panel, asset.quality, () => qualityPanel(asset));
    else if (chosen === "relations") redraw(panel, [asset.relations, asset.keys], () => [relationTable(asset.relations ?? [], "References"), keyTable(asset.keys)]);
    else redraw(panel, [asset.lineage, asset.duplicates, asset.freshness], () => originPanel(asset));
  }

  drawFields() {
    const { asset, keep, order } = this;
    const fields = (asset.fields ?? []).filter(keep);
    const sorted = order === "name" ? fields.toSorted((a, b) => String(a.field).localeCompare(b.field))
      : order === "missing" ? fields.toSorted((a, b) => (missingShare(b) ?? -1) - (missingShare(a) ?? -1)) : fields;
    this.note.hidden = sorted.length > 0;
    setText(this.note, asset.fields?.length ? "no field matches the filter" : "no fields yet: no record of this asset could be read");
    this.table.node.hidden = sorted.length === 0;
    this.table.update(sorted, asset);
  }

  /** Open a field of the table; returns the node to look at, or null while it is not there. */
  showField(name) {
    if (!this.asset) return null;
    this.tabs.choose("fields", false);
    this.drawFields();
    const row = this.table.show(name);
    row?.button.focus({ preventScroll: true });
    return row?.row ?? null;
  }
}
