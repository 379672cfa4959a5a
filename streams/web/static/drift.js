// What drifted and what changed in the schema, in words and as shares before and after.

import { h, s, valueNode, visible } from "./dom.js";
import { bound, bounds, isNumber, percent, placed, power, whole, words } from "./format.js";

const ASPECTS = { missing: "missing values", types: "JSON types", distinct: "different values", values: "values" };
const CHANGES = { appeared: "appeared", vanished: "vanished", type: "changed type", meaning: "changed meaning" };
const RESTS = { missing: ["missing", "there"], distinct: ["different", "repeated"] };
const SHARE = /(.*?) (\d+(?:\.\d+)?) %(?:, |$)/gsy;

// "Germany 1.8 %, France 2.0 %" → [["Germany", .018], …]; null where it is no such list.
function shares(text) {
  const found = [];
  let end = 0;
  for (const match of String(text ?? "").matchAll(SHARE)) {
    found.push([match[1], Number(match[2]) / 100]);
    end = match.index + match[0].length;
  }
  return found.length && end === text.length ? found : null;
}

/** `[{label, before, after}]`, or null where the shares are not told (the field is personal). */
export function beforeAfter(drift) {
  const before = shares(drift.before);
  const after = shares(drift.after);
  if (!before || after?.length !== before.length || before.some(([label], i) => label !== after[i][0])) return null;
  // Of two bins one is told, and not always the one that the aspect is named after.
  const rest = before.length === 1 && RESTS[drift.aspect]?.[1] === before[0][0];
  return before.map(([label, share], i) => (rest ? { label: RESTS[drift.aspect][0], before: 1 - share, after: 1 - after[i][1] } : { label, before: share, after: after[i][1] }));
}

function pair(label, before, after, most) {
  const width = (share) => `${Math.max((share / most) * 100, share > 0 ? 0.6 : 0).toFixed(2)}%`;
  const said = `${visible(label)}: ${percent(before)} before, ${percent(after)} after`;
  return h("li", {}, valueNode(label, { class: "label" }),
    s("svg", { class: "pair", role: "img", "aria-label": said }, s("title", {}, said),
      s("rect", { class: "before", width: width(before), height: 6, y: 1, rx: 1.5 }), s("rect", { class: "after", width: width(after), height: 6, y: 9, rx: 1.5 })),
    h("span", { class: "figure" }, `${bound(before)} → `, h("strong", {}, bound(after))));
}

/** Bars before and after, or what is said in their place. */
export function driftBars(drift) {
  const found = beforeAfter(drift);
  if (!found) {
    const said = drift.before === drift.after ? visible(drift.before ?? "") : `${visible(drift.before)} → ${visible(drift.after)}`;
    return said ? h("p", { class: "aside" }, said) : null;
  }
  const most = Math.max(...found.flatMap((one) => [one.before, one.after]), 1e-9);
  return h("div", { class: "pairbars" }, h("ul", {}, ...found.map((one) => pair(one.label, one.before, one.after, most))),
    h("p", { class: "pairkey" }, h("span", { class: "before" }, "before"), h("span", { class: "after" }, "after")));
}

/** How much, and how sure: the sentence below a drift. */
export function driftSentence(drift) {
  const { effect, evidence, threshold, partitions } = drift;
  return [
    isNumber(effect?.size) ? `${percent(effect.size)} of records would have to change to undo it (${bounds(effect.low, effect.high)})` : null,
    isNumber(evidence) ? `evidence ${power(evidence)}${isNumber(threshold) ? `, told from ${power(threshold)} on` : ""}` : null,
    partitions?.watching > 1 ? `in ${whole(partitions.changed)} of ${whole(partitions.watching)} partitions` : null,
    drift.noticed ? `noticed at ${placed(drift.noticed)}` : null,
  ].filter(Boolean).join(" · ");
}

export const driftTitle = (drift) => (drift.aspect === "values" ? "values are distributed differently" : `${ASPECTS[drift.aspect] ?? words(visible(drift.aspect))}: another share`);
export const changeTitle = (change) => CHANGES[change.change] ?? words(visible(change.change ?? "changed"));

/** What else is known of a schema change. */
export function changeSentence(change) {
  const arrow = change.before || change.after ? `${words(visible(change.before))} → ${words(visible(change.after))}` : null;
  return [
    arrow,
    isNumber(change.share) ? `in ${percent(change.share)} of records ${change.change === "vanished" ? "before" : "since"}` : null,
    isNumber(change.offset) ? `offset ${whole(change.offset)}` : isNumber(change.records) ? `after ${whole(change.records)} records` : null,
    isNumber(change.log10_chance) ? `by chance at most ${power(Math.max(change.log10_chance, -99))}` : null,
    change.partitions > 1 ? `in ${whole(change.partitions)} partitions` : null,
    change.producer ? `producer ${visible(change.producer)}` : null,
  ].filter(Boolean).join(" · ");
}

/** Drifts, schema changes and an unusual silence of an asset as one list, the latest first. */
export function happenings(asset) {
  const found = [
    ...(asset.drift ?? []).filter((one) => one && typeof one === "object").map((one) => ({ kind: "drift", time: one.since?.time ?? one.time, field: one.field, one })),
    ...(asset.schema_changes ?? []).filter((one) => one && typeof one === "object").map((one) => ({ kind: "schema", time: one.time, field: one.field, one })),
  ].map((entry) => ({ ...entry, at: Date.parse(entry.time ?? "") }));
  found.sort((a, b) => (Number.isNaN(b.at) ? -Infinity : b.at) - (Number.isNaN(a.at) ? -Infinity : a.at) || 0);
  const silence = asset.freshness?.silence;
  return silence?.unusual ? [{ kind: "silence", time: null, at: NaN, one: silence }, ...found] : found;
}

