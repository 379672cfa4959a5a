// All that is known of one field: what it means and why, how personal it is, its distribution, what is wrong, what moved.

import { intervalBar, pairs, part, plainTable } from "./bars.js";
import { h, valueNode, visible } from "./dom.js";
import { changeSentence, changeTitle, driftBars, driftSentence, driftTitle } from "./drift.js";
import { estimate, figure, instant, isNumber, percent, placed, power, statistic, whole, words } from "./format.js";
import { isMasked } from "./filter.js";
import { keyTable, relationTable } from "./graph.js";
import { piiBadge, piiNote } from "./pii.js";
import { plots } from "./plot.js";
import { fieldQuality, rulesTable } from "./quality.js";

/** What the other findings of its asset say of a field. */
export function aboutField(asset, name) {
  const of = (found) => (found ?? []).filter((one) => one && typeof one === "object" && one.field === name);
  const ends = (one) => [one?.from, one?.to].some((end) => end && typeof end === "object" && end.asset === asset.asset && end.field === name);
  return {
    asset: asset.asset,
    evidence: asset.drift_evidence?.[name] ?? null,
    drift: of(asset.drift),
    changes: of(asset.schema_changes),
    relations: (asset.relations ?? []).filter(ends),
    keys: (asset.keys ?? []).filter((key) => key?.fields?.includes(name)),
    quality: { fields: of(asset.quality?.fields), rules: (asset.quality?.rules ?? []).filter((rule) => rule.fields?.includes(name)) },
  };
}

function meaning(field) {
  const known = field.semantic_type && field.semantic_type !== "unknown";
  return h("p", {}, h("strong", {}, known ? words(visible(field.semantic_type)) : "not known"),
    isNumber(field.confidence) ? ` with confidence ${percent(field.confidence)}: ` : ": ", visible(field.evidence ?? "no evidence yet"));
}

function person(field) {
  const badge = piiBadge(field);
  if (!badge) return null;
  const { pii } = field;
  return h("div", { class: "person" }, badge, isNumber(pii.prevalence) ? intervalBar({ value: pii.prevalence, low: pii.low, high: pii.high }, "share of values whose form shows it", { kind: "person" }) : null,
    h("span", { class: "aside" }, piiNote(field)));
}

function counts(field) {
  const spread = isNumber(field.stddev) ? `${figure(field.mean)} ± ${figure(field.stddev)}` : null;
  const extreme = (value) => (value === null || value === undefined ? null : valueNode(statistic(field, value)));
  return pairs(["values", whole(field.count)], ["missing", whole(field.missing)], ["of these null", field.nulls ? whole(field.nulls) : null], ["of these blank", field.blanks ? whole(field.blanks) : null],
    ["spelled missing", field.missing_spelled ? whole(field.missing_spelled) : null], ["distinct", estimate(field.distinct).note],
    ["numbers", field.numbers && field.numbers !== field.count ? whole(field.numbers) : null], ["mean ± deviation", spread], ["min", extreme(field.min)], ["max", extreme(field.max)],
    ["JSON types", Object.entries(field.types ?? {}).filter(([, count]) => count > 0).map(([name, count]) => `${visible(name)} ${whole(count)}`).join(", ")]);
}

const exactly = () => h("span", { class: "between" }, "exact");

function quantiles(field) {
  const given = Object.entries(field.quantiles ?? {}).sort((a, b) => a[0] - b[0]);
  return plainTable("Quantiles", ["share", "value", "between"], given.map(([rank, one]) => [percent(Number(rank)), valueNode(statistic(field, isNumber(one) ? one : one.value)),
    isNumber(one) || one.low === one.high ? exactly() : h("span", { class: "between" }, `${visible(statistic(field, one.low))} … ${visible(statistic(field, one.high))}`)]), { class: "plain tight" });
}

const upTo = (one) => (isNumber(one.high) && one.high > one.count ? `${whole(one.count)} to ${whole(one.high)}` : whole(one.count));

function cleaning(field) {
  const found = Object.entries(field.cleaning?.rules ?? {}).filter(([, one]) => one?.count > 0);
  const example = (one) => (one.examples?.length ? [valueNode(one.examples[0].before), " → ", valueNode(one.examples[0].after)] : "–");
  const table = plainTable("Values that cleaning changes, by rule", ["rule", "values", "such as"], found.map(([name, one]) => [words(visible(name)), upTo(one), example(one)]));
  const notes = field.cleaning?.notes ?? [];
  return [table, notes.length ? h("ul", {}, ...notes.map((note) => h("li", {}, visible(note)))) : null];
}

function outliers(field) {
  const { outliers: found, impossible, noise } = field;
  return [
    found ? h("p", {}, `${percent(found.share)} of the numbers are outliers`, found.low !== found.high ? ` (${percent(found.low)} to ${percent(found.high)})` : "", ": ", visible(found.says)) : null,
    plainTable("Values that its meaning rules out, or that are odd", ["what", "values", "why", "first", "latest"], (impossible ?? []).map((one) =>
      [h("span", { class: one.odd ? null : "warn" }, visible(one.what)), upTo(one), visible(one.says), placed(one.first), placed(one.latest)])),
    plainTable("Texts that nobody meant as values", ["what", "values", "such as"], Object.entries(noise ?? {}).map(([name, one]) =>
      [h("span", { title: visible(one.says) }, words(visible(name))), upTo(one), (one.examples ?? []).flatMap((text, i) => [i ? ", " : null, valueNode(text)]).filter(Boolean)])),
  ];
}

function moved({ drift, changes, evidence }) {
  return [
    isNumber(evidence) && evidence >= 1 ? h("p", { class: "aside" }, `evidence now that it has changed: ${power(evidence)}`) : null,
    ...drift.map((one) => h("div", { class: "moved" }, h("p", {}, h("span", { class: "badge drift" }, "⚠ drift"), ` ${driftTitle(one)} since ${placed(one.since)}`), driftBars(one), h("p", { class: "aside" }, driftSentence(one)))),
    ...changes.map((one) => h("p", {}, h("span", { class: "badge schema" }, "schema"), ` ${changeTitle(one)} ${instant(one.time)}: ${changeSentence(one)}`)),
  ];
}

/** The nodes of a field's detail. */
export function details(field, about) {
  const asset = { asset: about.asset, quality: about.quality };
  return h("div", { class: "details" },
    h("div", { class: "evidence" }, meaning(field), person(field), counts(field), quantiles(field)),
    h("div", { class: "pictures" }, ...plots(field, isMasked(field))),
    part("What moved", ...moved(about)),
    part("What cleaning finds", ...cleaning(field)),
    part("What stands out", ...outliers(field)),
    part("How good it is", fieldQuality(asset, field.field), rulesTable(asset)),
    part("What it is related to", relationTable(about.relations), keyTable(about.keys)));
}
