// Numbers, sizes and times as short text. Every function takes what the API gives, absent values included.

const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });
const FIGURES = new Intl.NumberFormat("en", { maximumSignificantDigits: 5 });
const LARGE = new Intl.NumberFormat("en", { notation: "scientific", maximumSignificantDigits: 4 });
const NONE = "–";

export const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

/** 320705 → "320,705". */
export const whole = (value) => (isNumber(value) ? WHOLE.format(value) : NONE);

/** 63823417 → "63.8M"; below 10,000 in full. */
export const short = (value) => (isNumber(value) ? (Math.abs(value) < 1e4 ? WHOLE : SHORT).format(value) : NONE);

/** A measured number to five figures; whole numbers in full. */
export function figure(value) {
  if (!isNumber(value)) return NONE;
  const size = Math.abs(value);
  if (size >= 1e12 || (size > 0 && size < 1e-4)) return LARGE.format(value);
  return size >= 1e5 || Number.isInteger(value) ? WHOLE.format(value) : FIGURES.format(value);
}

/** .0123 → "1.2 %". What is not quite none or all never reads as none or all. */
export function percent(share) {
  if (!isNumber(share)) return NONE;
  const value = share * 100;
  if (value > 0 && value < 0.1) return "<0.1 %";
  if (value < 100 && value > 99.9) return ">99.9 %";
  return `${Number(value.toFixed(value < 10 || value > 99 ? 1 : 0))} %`;
}

/** A bound, to a tenth of a percent: intervals are often narrower than one. */
export const bound = (share) => (isNumber(share) ? `${(share * 100).toFixed(1)} %` : NONE);

/** Two bounds with as many digits as it takes to tell them apart. */
export function bounds(low, high) {
  if (!isNumber(low) || !isNumber(high)) return "";
  const digits = [1, 2, 3].find((count) => (low * 100).toFixed(count) !== (high * 100).toFixed(count)) ?? 4;
  return `${(low * 100).toFixed(digits)} % to ${(high * 100).toFixed(digits)} %`;
}

const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

/** 22.1 → "10²²": of evidence and chance only the size matters. */
export const power = (exponent) => (isNumber(exponent) ? `10${String(Math.round(exponent)).replace(/./g, (sign) => RAISED[sign] ?? sign)}` : NONE);

export function bytes(value) {
  if (!isNumber(value)) return NONE;
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let size = value;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) { size /= 1000; unit += 1; }
  return `${unit === 0 ? size : size.toPrecision(3)} ${units[unit]}`;
}

/** 4000 → "1 h 7 min". */
export function duration(seconds) {
  if (!isNumber(seconds)) return NONE;
  const value = Math.max(0, seconds);
  if (value < 1) return `${Math.round(value * 1000)} ms`;
  if (value < 60) return `${value < 10 ? Number(value.toFixed(1)) : Math.round(value)} s`;
  if (value < 3600) return `${Math.floor(value / 60)} min`;
  if (value < 172800) return `${Math.floor(value / 3600)} h ${Math.floor((value % 3600) / 60)} min`;
  return `${Math.floor(value / 86400)} days`;
}

/** The time of day here, of a Date. */
export const clock = (date) => date.toLocaleTimeString("en-GB");

/** An instant: how long ago within two days, else its date, in UTC. */
export function instant(text, now = Date.now()) {
  const time = Date.parse(text ?? "");
  if (Number.isNaN(time)) return NONE;
  const ago = (now - time) / 1000;
  if (ago >= 0 && ago < 172800) return `${duration(ago)} ago`;
  return new Date(time).toISOString().slice(0, 16).replace("T", " ");
}

/** Where a record stands: its offset, partition and time, as far as they are told. */
export function placed(place) {
  if (!place) return NONE;
  const time = typeof place.time === "string" ? place.time : isNumber(place.time ?? place.time_ms) && (place.time ?? place.time_ms) > 0 ? new Date(place.time ?? place.time_ms).toISOString() : null;
  return [isNumber(place.offset) ? `offset ${whole(place.offset)}${isNumber(place.partition) ? ` of partition ${place.partition}` : ""}` : null,
    time ? instant(time) : null].filter(Boolean).join(", ") || NONE;
}

/** {"estimate","low","high"} of a share → "98.7 % (98.3 % to 99.1 %)"; exact ones without bounds. */
export function interval(share) {
  if (isNumber(share)) return percent(share);
  if (!isNumber(share?.estimate)) return NONE;
  return share.low === share.high ? percent(share.estimate) : `${bound(share.estimate)} (${bounds(share.low, share.high)})`;
}

const EPOCH_UNITS = [[1e8, 1e10, 1e3], [1e11, 1e13, 1], [1e14, 1e16, 1e-3], [1e17, 1e19, 1e-6]];

const IDENTIFIER = /(_id|_code|_number|_card|_account)$|^(sku|gtin|phone)$/;

/** A statistic of a field: times given as epoch numbers become dates, identifiers stay as they are written. */
export function statistic(field, value) {
  if (typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value)) return value.slice(0, 16).replace("T", " ");
  if (!isNumber(value)) return value ?? null;
  if (IDENTIFIER.test(field.semantic_type)) return String(value);
  if (field.semantic_type === "timestamp" || field.semantic_type === "date") {
    const unit = EPOCH_UNITS.find(([from, to]) => value >= from && value < to);
    if (unit) return new Date(value * unit[2]).toISOString().slice(0, field.semantic_type === "date" ? 10 : 16).replace("T", " ");
  }
  return figure(value);
}

/** {"estimate","low","high"} → whether it is exact, its text, and its bounds in words. */
export function estimate(value) {
  if (isNumber(value)) return { text: short(value), exact: true, note: whole(value) };
  if (!value || !isNumber(value.estimate)) return { text: NONE, exact: true, note: null };
  const exact = value.low === value.high;
  const note = exact ? `${whole(value.estimate)}, exact` : `estimated ${whole(value.estimate)}, between ${whole(value.low)} and ${whole(value.high)}`;
  return { text: exact ? whole(value.estimate) : `≈ ${short(value.estimate)}`, exact, note };
}

/** Words for a name such as "records_per_s". */
export const words = (name) => String(name).replaceAll("_", " ");
