// How personal a field is: a badge, and in words how much of it shows that.

import { h } from "./dom.js";
import { isMasked } from "./filter.js";
import { bounds, isNumber, percent } from "./format.js";

const NOTES = {
  pseudonym: "stands for a person; shown as it is, since joins need it",
  personal: "personal: every value is masked before it is kept",
  sensitive: "sensitive: every value is masked before it is kept",
};

/** In how many of the values it shows, with the interval. */
export function prevalence({ pii }) {
  if (!isNumber(pii?.prevalence) || pii.prevalence <= 0) return "";
  if (pii.low === 0 && pii.high === 1) return "only its name tells, no value shows it by its form";
  return `found in ${percent(pii.prevalence)} of the values looked at (${bounds(pii.low, pii.high)})`;
}

export const piiNote = (field) => [NOTES[field.pii?.class] ?? field.pii?.class, prevalence(field)].filter(Boolean).join("; ");

/** Null where a field is not personal. */
export function piiBadge(field) {
  const kind = field.pii?.class;
  if (!kind || kind === "none") return null;
  const masked = isMasked(field);
  return h("span", { class: `badge pii ${masked ? "masked" : "pseudonym"}`, title: piiNote(field) }, masked ? `${kind} · masked` : kind);
}
