// Which assets and which of their fields are asked for. Nothing here touches the document.

import { words } from "./format.js";

const MASKED = new Set(["personal", "sensitive"]);
const prepared = new WeakMap();

const plain = (text) => String(text ?? "").normalize("NFKC").toLowerCase();

/** Whether a field's values are masked. */
export const isMasked = (field) => Boolean(field.masked) || MASKED.has(field.pii?.class);

const isUnknown = (field) => !field.semantic_type || field.semantic_type === "unknown";

// The texts that words are looked for in, made once for each document that comes in.
function textsOf(asset) {
  if (!prepared.has(asset)) {
    prepared.set(asset, {
      own: plain([asset.asset, asset.kind, asset.source?.format, asset.source?.envelope].join(" ")),
      fields: new Map((asset.fields ?? []).map((field) => [field.field,
        plain([field.field, field.semantic_type, words(field.semantic_type), field.pii?.class].join("\n"))])),
    });
  }
  return prepared.get(asset);
}

// What each mark asks of a field of an asset.
function markTests(asset) {
  const drifted = new Set(asset.findings?.drift);
  const changed = new Set(asset.findings?.schema_changes);
  return {
    drift: (field) => drifted.has(field.field),
    schema: (field) => changed.has(field.field),
    masked: isMasked,
    unknown: isUnknown,
  };
}

// A field that is gone cannot be shown, but its asset has changed nevertheless.
function isAbsent(asset, mark) {
  const found = mark === "drift" ? asset.findings?.drift : mark === "schema" ? asset.findings?.schema_changes : [];
  return (found ?? []).length > 0;
}

function fieldTests(asset, asked, wanted) {
  const { own, fields } = textsOf(asset);
  const left = wanted.filter((word) => !own.includes(word));
  const tests = [];
  if (left.length) tests.push((field) => { const text = fields.get(field.field) ?? ""; return left.every((word) => text.includes(word)); });
  if (asked.pii) tests.push((field) => (field.pii?.class ?? "none") === asked.pii);
  const marks = markTests(asset);
  for (const mark of asked.has) if (marks[mark]) tests.push(marks[mark]);
  return tests;
}

const ALL = () => true;

/** A function from an asset of the summary to `any`: whether it is asked for, `all`: whether all of its fields are, and
 *  `keep(field)`. Each word has to be in the asset's texts or in the field's. */
export function matcher(asked) {
  const wanted = plain(asked.q).split(/\s+/).filter(Boolean);
  return (asset) => {
    const right = (!asked.kind || asset.kind === asked.kind)
      && (!asked.grade || (asset.quality?.grade ?? "none") === asked.grade)
      && (!asked.has.includes("silent") || Boolean(asset.findings?.silent));
    if (!right) return { any: false, all: false, keep: ALL };
    const tests = fieldTests(asset, asked, wanted);
    if (!tests.length) return { any: true, all: true, keep: ALL };
    const keep = (field) => tests.every((test) => test(field));
    if ((asset.fields ?? []).some(keep)) return { any: true, all: false, keep };
    const gone = asked.has.length === 1 && tests.length === 1 && isAbsent(asset, asked.has[0]);
    return { any: gone, all: gone, keep: gone ? ALL : keep };
  };
}

function counted(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

const offered = new WeakMap();

/** What can be chosen from, with how many assets have it. */
export function facets(assets) {
  if (!offered.has(assets)) offered.set(assets, countedFacets(assets));
  return offered.get(assets);
}

function countedFacets(assets) {
  const has = (asset, mark) => (mark === "silent" ? Boolean(asset.findings?.silent)
    : mark === "drift" ? asset.findings?.drift?.length > 0
    : mark === "schema" ? asset.findings?.schema_changes?.length > 0
    : (asset.fields ?? []).some(markTests(asset)[mark]));
  const classes = assets.flatMap((asset) => [...new Set((asset.fields ?? []).map((field) => field.pii?.class ?? "none"))]);
  return {
    kind: counted(assets.map((asset) => asset.kind ?? "other")),
    grade: counted(assets.map((asset) => asset.quality?.grade ?? "none")),
    pii: counted(classes.filter((one) => one !== "none")),
    has: new Map(["drift", "schema", "masked", "unknown", "silent"].map((mark) => [mark, assets.filter((asset) => has(asset, mark)).length])),
  };
}
