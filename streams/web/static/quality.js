// The quality of an asset: its dimensions with their intervals, what is asked of it, the rules found, the worst fields.

import { anchor } from "./address.js";
import { beginning, intervalBar, part, plainTable } from "./bars.js";
import { h, valueNode, visible } from "./dom.js";
import { bounds, isNumber, percent, placed, whole, words } from "./format.js";

const FIRST_FIELDS = 12;

function shareCells(one, label, from) {
  return [intervalBar({ value: one.score, low: one.low, high: one.high }, label, { from, kind: one.met === false ? "warn" : "" }),
    h("span", { class: "figure" }, percent(one.score)), " ", h("span", { class: "bounds" }, one.low !== one.high ? bounds(one.low, one.high) : "")];
}

function asked(one) {
  if (!isNumber(one.least)) return one.graded === false ? h("span", { class: "aside" }, "not graded") : "–";
  return h("span", { class: one.met ? "met" : "warn" }, `${percent(one.least)}${one.met ? "" : ": not met"}`);
}

const badOf = (one) => (isNumber(one.bad) ? h("span", { class: "figure" }, `${whole(one.bad)} of ${whole(one.of)}`) : "–");

function dimensions(quality) {
  const known = Object.entries(quality.dimensions ?? {}).filter(([, one]) => isNumber(one?.score));
  const from = beginning(known.map(([, one]) => one.low));
  const scale = from > 0 ? ` (bars begin at ${percent(from)})` : "";
  return plainTable(`Dimensions${scale}`, ["dimension", "share as it should be", "bad", "asked for", "first bad", "latest bad", "what is counted"], known.map(([name, one]) => [
    words(visible(name)), shareCells(one, name, from), badOf(one), asked(one), placed(one.first), placed(one.latest), h("span", { class: "rule" }, visible(one.rule ?? "–"))]), { class: "plain dims" });
}

/** Rules as a table; `only` leaves those that are about a field. */
export function rulesTable(asset, only) {
  const rules = (asset.quality?.rules ?? []).filter((rule) => !only || rule.fields?.includes(only));
  const from = beginning(rules.map((rule) => rule.low));
  return plainTable("Rules found in the records themselves", ["rule", "kept by", "checked", "kind", "first broken", "latest broken"], rules.map((rule) => [
    h("span", { class: "says" }, visible(rule.says)), shareCells(rule, "kept by", from), h("span", { class: "figure" }, `${whole(rule.kept)} of ${whole(rule.checked)}`), visible(rule.kind),
    placed(rule.first), placed(rule.latest)]), { class: "plain rules" });
}

/** What is wrong with one field, by dimension. */
export function fieldQuality(asset, name) {
  const found = (asset.quality?.fields ?? []).find((one) => one.field === name);
  if (!found) return null;
  const known = Object.entries(found).filter(([, one]) => isNumber(one?.score));
  return plainTable("Quality", ["dimension", "share", "bad", "first bad", "latest bad"], known.map(([dimension, one]) =>
    [words(dimension), shareCells(one, dimension, beginning(known.map(([, other]) => other.low))), badOf(one), placed(one.first), placed(one.latest)]));
}

function worst(asset) {
  const fields = (asset.quality.fields ?? []).slice(0, FIRST_FIELDS);
  const cell = (one) => (isNumber(one?.score) ? [h("span", { class: one.met === false ? "figure warn" : "figure" }, percent(one.score)), h("span", { class: "aside" }, ` ${whole(one.bad)} bad, latest ${placed(one.latest)}`)] : "–");
  return plainTable("Fields with bad values, the worst first", ["field", "completeness", "validity"], fields.map((one) =>
    [h("a", { href: anchor(asset.asset, one.field) }, valueNode(one.field)), cell(one.completeness), cell(one.validity)]));
}

/** Whether there is more to say than the strip above says. */
export const hasQuality = (asset) => Boolean(asset.quality?.rules?.length || asset.quality?.fields?.length || Object.values(asset.quality?.dimensions ?? {}).some((one) => one?.rule));

export function qualityPanel(asset) {
  const { quality } = asset;
  return [
    quality.missed?.length ? part("Not met", h("ul", { class: "missed" }, ...quality.missed.map((one) => h("li", {}, visible(one))))) : null,
    part("How good it is", dimensions(quality)),
    part("What holds", rulesTable(asset)),
    part("Where to look", worst(asset)),
  ];
}
