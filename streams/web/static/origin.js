// Records that came twice, and what envelopes said of the records.

import { part, plainTable } from "./bars.js";
import { h, valueNode, visible } from "./dom.js";
import { duration, instant, isNumber, percent, placed, short, whole, words } from "./format.js";

const FIRST = 8;

/** Kinds of duplicates with their counts, whatever older documents called them: `[name, counts]`. */
export function duplicateKinds(asset) {
  const { duplicates } = asset;
  if (!duplicates) return [];
  const found = [];
  if (duplicates.content) found.push(["same content", duplicates.content]);
  for (const [field, counts] of Object.entries(duplicates.identifiers ?? {})) found.push([`same ${visible(field)}`, counts]);
  if (isNumber(duplicates.count)) found.push(["same content", duplicates]);
  return found.filter(([, counts]) => isNumber(counts?.count));
}

/** One line a kind. */
export function duplicateLines(asset) {
  const told = duplicateKinds(asset).filter(([, counts]) => counts.count > 0)
    .map(([name, counts]) => `${whole(counts.count)} with the ${name} (${percent(counts.share)})`);
  if (told.length || duplicateKinds(asset).length) return told.length ? told : ["none found"];
  // A shape of its own: name and number as they are.
  return Object.entries(asset.duplicates ?? {}).filter(([, value]) => isNumber(value)).map(([name, value]) => `${words(visible(name))} ${value < 1 && value > 0 ? percent(value) : short(value)}`);
}

function duplicatesTable(asset) {
  return plainTable("Duplicates: records that came again within the window", ["what is the same", "records", "at least", "share", "looked at", "by chance", "first", "latest"],
    duplicateKinds(asset).map(([name, one]) => [name, whole(one.count), whole(one.low), percent(one.share), whole(one.records),
      isNumber(one.expected_false) ? (one.expected_false < 0.001 ? "none" : one.expected_false.toPrecision(2)) : "–", placed(one.first), placed(one.latest)]));
}

function factTable(name, counts) {
  const all = Object.entries(counts).sort((a, b) => b[1] - a[1]);
  const total = all.reduce((sum, entry) => sum + entry[1], 0);
  return plainTable(words(visible(name)), ["value", "records", "share"], all.slice(0, FIRST).map(([value, count]) => [valueNode(value), whole(count), percent(total ? count / total : null)]));
}

function pace(asset) {
  const { event, rate, silence } = asset.freshness ?? {};
  const late = (one) => (isNumber(one?.value) ? duration(one.value) : "–");
  return [
    event && isNumber(event.count) ? `events arrive ${late(event.p50)} after they happened (median), ${late(event.p99)} at the 99th percentile, by ${visible(event.by)}, ${whole(event.count)} looked at${event.ahead ? `, ${whole(event.ahead)} from the future` : ""}` : null,
    rate ? `${short(Math.round(rate.records_per_minute))} records a minute now; usual at this hour ${short(Math.round(rate.usual))}, between ${short(Math.round(rate.low))} and ${short(Math.round(rate.high))}` : null,
    silence && !silence.unusual ? `last record ${duration(silence.gap_s)} before these figures; longest gap ${duration(silence.longest_gap_s)}` : null,
  ].filter(Boolean);
}

export const hasOrigin = (asset) => Boolean(asset.lineage || duplicateKinds(asset).length || pace(asset).length);

/** Where the records come from, how fast, and which came twice. */
export function originPanel(asset) {
  const { lineage } = asset;
  const envelopes = lineage ? Object.entries(lineage.envelopes ?? {}).map(([name, count]) => `${whole(count)} records in ${visible(name)}`) : [];
  const times = lineage && isNumber(lineage.first_ms) ? [`happened from ${instant(new Date(lineage.first_ms).toISOString())} to ${instant(new Date(lineage.last_ms).toISOString())}`] : [];
  const list = (lines) => (lines.length ? h("ul", {}, ...lines.map((line) => h("li", {}, line))) : null);
  return [
    part("How fast they come", list(pace(asset))),
    !lineage ? null : part("What their envelopes say", list([...envelopes, ...times]), h("div", { class: "row" }, ...Object.entries(lineage?.facts ?? {}).map(([name, counts]) => factTable(name, counts)))),
    part("Which came twice", duplicatesTable(asset)),
  ].filter(Boolean);
}
