// The strip below an asset's line: in a few words and small pictures, how it is.

import { trail, whisker } from "./charts.js";
import { h, visible } from "./dom.js";
import { bound, bytes, duration, isNumber, percent, whole, words } from "./format.js";
import { pointsOf } from "./history.js";
import { duplicateLines } from "./origin.js";
import { latest } from "./timeline.js";

function listed(title, items) {
  if (!items?.length) return null;
  return h("div", { class: "finding" }, h("h3", {}, title), h("ul", {}, ...items.slice(0, 8).map((item) => h("li", {}, visible(item))),
    items.length > 8 ? h("li", { class: "aside" }, `and ${whole(items.length - 8)} more`) : null));
}

function dimensions(asset) {
  const found = Object.entries(asset.quality?.dimensions ?? {}).filter(([, value]) => isNumber(value?.score));
  if (!found.length) return null;
  return h("div", { class: "finding" }, h("h3", {}, "Quality"), h("ul", { class: "dimensions" }, ...found.map(([name, value]) =>
    h("li", { class: value.graded === false ? "ungraded-dimension" : null, title: `between ${bound(value.low)} and ${bound(value.high)}${value.graded === false ? "; not graded: nothing was asked of it" : ""}` }, h("span", {}, words(visible(name))), whisker(value, name), h("span", { class: "figure" }, percent(value.score), value.graded === false ? h("span", { class: "bounds" }, " not graded") : null)))));
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

function past(asset) {
  const points = pointsOf(asset);
  if (points.length < 2) return null;
  return h("div", { class: "finding" }, h("h3", {}, `Records over ${duration((points[points.length - 1].at - points[0].at) / 1000)}`), trail(points));
}

// What makes a finding, and what it depends on: it is drawn again only when that changed.
export const FINDINGS = [
  [dimensions, (asset) => asset.quality],
  [past, (asset) => asset.history],
  [origin, (asset) => [asset.source, asset.bytes, asset.records, asset.freshness, asset.header_records, asset.overflow]],
  [reasons, (asset) => asset.quarantined_reasons],
  [(asset) => listed("Duplicates", duplicateLines(asset)), (asset) => asset.duplicates],
  [(asset) => listed("Latest changes", latest(asset)), (asset) => [asset.drift, asset.schema_changes, asset.freshness?.silence, latest(asset)]],
];
