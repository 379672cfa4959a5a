// One asset: a line that says how it is, and below it, when opened, why, and its fields.

import { share, trail, whisker } from "./charts.js";
import { h, redraw, setText, valueNode, visible } from "./dom.js";
import { FieldTable, missingShare } from "./fields.js";
import { bound, bytes, duration, figure, instant, isNumber, percent, short, whole, words } from "./format.js";

const GRADES = new Set(["A", "B", "C", "D", "E", "F"]);

/** Share of all values of an asset that are missing, or null where none was seen. */
export function assetMissing(asset) {
  const fields = asset.fields ?? [];
  const missing = fields.reduce((sum, field) => sum + (field.missing ?? 0), 0);
  const total = fields.reduce((sum, field) => sum + (field.missing ?? 0) + (field.count ?? 0), 0);
  return total > 0 ? missing / total : null;
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
  return h("span", { class: "bar" }, share(value, "missing", value > 0.2 ? "warn" : ""), h("span", { class: value ? "figure" : "figure none" }, percent(value)));
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

const BARE = ["field", "change", "kind"];
const SHARES = new Set(["overlap", "ratio", "share"]);
const ARROWS = [["from", "to"], ["before", "after"]];

/** One finding (relation, drift, schema change, duplicates) in words, whatever its shape. */
function describe(item) {
  if (item === null || typeof item !== "object") return visible(item);
  if (typeof item.text === "string") return visible(item.text);
  const left = new Map(Object.entries(item).filter(([, value]) => value !== null && value !== undefined));
  const take = (key) => { const value = visible(left.get(key)); left.delete(key); return value; };
  const parts = BARE.filter((key) => left.has(key)).map(take);
  for (const [from, to] of ARROWS) if (left.has(from) && left.has(to)) parts.push(`${take(from)} → ${take(to)}`);
  if (left.has("time")) parts.push(instant(take("time")));
  for (const [key, value] of left) parts.push(`${words(visible(key))} ${isNumber(value) ? (SHARES.has(key) ? percent(value) : figure(value)) : visible(value)}`);
  return parts.join(" · ");
}

function listed(title, items) {
  if (!items?.length) return null;
  return h("div", { class: "finding" }, h("h3", {}, title), h("ul", {}, ...items.slice(0, 8).map((item) => h("li", {}, describe(item))),
    items.length > 8 ? h("li", { class: "aside" }, `and ${whole(items.length - 8)} more`) : null));
}

function dimensions(asset) {
  const found = Object.entries(asset.quality?.dimensions ?? {}).filter(([, value]) => isNumber(value?.score));
  if (!found.length) return null;
  return h("div", { class: "finding" }, h("h3", {}, "Quality"), h("ul", { class: "dimensions" }, ...found.map(([name, value]) =>
    h("li", { title: `between ${bound(value.low)} and ${bound(value.high)}` }, h("span", {}, words(visible(name))), whisker(value, name), h("span", { class: "figure" }, percent(value.score))))));
}

/** Offsets of an asset's topic that retention removed before they were read. */
export const expired = (asset) => Object.values(asset.source?.partitions ?? {}).reduce((sum, partition) => sum + (partition?.gone ?? 0), 0);

function origin(asset) {
  const partitions = Object.keys(asset.source?.partitions ?? {}).length;
  const gone = expired(asset);
  const from = asset.source?.topic ?? asset.source?.file;
  const facts = [
    from && from !== asset.asset ? `from ${visible(from)}` : null,
    partitions ? `${whole(partitions)} partition${partitions === 1 ? "" : "s"}` : null,
    asset.header_records > 0 ? `${whole(asset.header_records)} of the records are header lines` : null,
    asset.overflow?.values > 0 ? `${whole(asset.overflow.values)} values of about ${whole(asset.overflow.fields?.estimate)} further fields, not profiled` : null,
    gone > 0 ? `${whole(gone)} offsets expired before they were read` : null,
    isNumber(asset.bytes) ? `${bytes(asset.bytes)}${asset.records > 0 ? `, ${bytes(Math.round(asset.bytes / asset.records))} a record` : ""}` : null,
    asset.freshness?.lateness_s && isNumber(asset.freshness.lateness_s.p50) ? `late by ${duration(asset.freshness.lateness_s.p50)}, at most ${duration(asset.freshness.lateness_s.p99)} for 99 %` : null,
  ].filter(Boolean);
  return facts.length ? listed("Source", facts) : null;
}

function reasons(asset) {
  const found = Object.entries(asset.quarantined_reasons ?? {}).sort((a, b) => b[1] - a[1]);
  return listed("Quarantined", found.map(([reason, count]) => `${whole(count)} × ${words(reason).replaceAll("-", " ")}`));
}

function duplicates(asset) {
  return asset.duplicates && Object.keys(asset.duplicates).length ? listed("Duplicates", [asset.duplicates]) : null;
}

function past(asset) {
  const points = (asset.history ?? []).filter((point) => isNumber(point.records) && !Number.isNaN(Date.parse(point.time)));
  if (points.length < 2) return null;
  return h("div", { class: "finding" }, h("h3", {}, `Records over ${duration((Date.parse(points[points.length - 1].time) - Date.parse(points[0].time)) / 1000)}`), trail(points));
}

// What makes a finding, and what it depends on: it is drawn again only when that changed.
const FINDINGS = [
  [dimensions, (asset) => asset.quality],
  [past, (asset) => asset.history],
  [origin, (asset) => [asset.source, asset.bytes, asset.records, asset.freshness, asset.header_records, asset.overflow]],
  [reasons, (asset) => asset.quarantined_reasons],
  [duplicates, (asset) => asset.duplicates],
  [(asset) => listed("Relations", asset.relations), (asset) => asset.relations],
  [(asset) => listed("Schema changes", asset.schema_changes?.toReversed()), (asset) => asset.schema_changes],
  [(asset) => listed("Drift", asset.drift), (asset) => asset.drift],
];

/** A card that is kept in step with its asset. `onToggle(card)` is called when a person opens or closes it. */
export class AssetCard {
  constructor(name, onToggle) {
    this.name = name;
    this.open = false;
    this.rate = 0;
    this.grade = h("span", { class: "gradebox" });
    this.kind = h("span", { class: "kind" });
    this.size = h("span", { class: "aside" });
    this.button = h("button", { type: "button", class: "toggle", "aria-expanded": "false" }, valueNode(name, { class: "assetname" }));
    this.metrics = METRICS.map(([label]) => h("dd", { "data-label": label }));
    this.findings = FINDINGS.map(() => h("div", { class: "slot" }));
    this.table = new FieldTable(`Fields of ${visible(name)}`);
    this.note = h("p", { class: "loading" }, "loading the fields");
    this.body = h("div", { class: "body", hidden: true }, h("div", { class: "findings" }, ...this.findings), this.note, this.table.node);
    this.table.node.hidden = true;
    this.node = h("section", { class: "asset" },
      h("div", { class: "head" }, this.grade,
        h("div", { class: "title" }, h("h2", {}, this.button), h("p", {}, this.kind, this.size)),
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
    METRICS.forEach(([, make, key], i) => redraw(this.metrics[i], key(asset, this.rate), () => make(asset, this.rate)));
  }

  /** Draw what is below the line. `keep(field)` chooses the fields, `order` sorts them. */
  updateBody(asset, keep, order) {
    FINDINGS.forEach(([make, key], i) => redraw(this.findings[i], key(asset), () => make(asset)));
    const fields = (asset.fields ?? []).filter(keep);
    const sorted = order === "name" ? fields.toSorted((a, b) => String(a.field).localeCompare(b.field))
      : order === "missing" ? fields.toSorted((a, b) => (missingShare(b) ?? -1) - (missingShare(a) ?? -1)) : fields;
    this.note.hidden = sorted.length > 0;
    setText(this.note, asset.fields?.length ? "no field matches the filter" : "no fields yet: no record of this asset could be read");
    this.table.node.hidden = sorted.length === 0;
    this.table.update(sorted);
  }
}
