// What a person asked for, kept in the page's address: it survives a reload and can be sent to somebody else.

const PARTS = ["q", "kind", "grade", "pii", "sort"];

/** Marks that fields or assets can be chosen by. */
export const MARKS = [
  ["drift", "drift"], ["schema", "schema change"], ["masked", "masked"], ["unknown", "not understood"], ["silent", "silent"],
];
const KNOWN_MARKS = new Set(MARKS.map(([mark]) => mark));

/** Nothing asked for. */
export const nothing = () => ({ q: "", kind: "", grade: "", pii: "", sort: "given", has: [] });

/** What the address asks for. */
export function readAsked(search = location.search) {
  const given = new URLSearchParams(search);
  const asked = nothing();
  for (const part of PARTS) asked[part] = given.get(part) ?? asked[part];
  asked.has = (given.get("has") ?? "").split(",").filter((mark) => KNOWN_MARKS.has(mark));
  return asked;
}

/** Write into the address what is asked for; what is not leaves no trace. */
export function writeAsked(asked) {
  const given = new URLSearchParams(location.search);
  const plain = nothing();
  for (const part of PARTS) {
    if (asked[part] && asked[part] !== plain[part]) given.set(part, asked[part].toWellFormed());
    else given.delete(part);
  }
  if (asked.has.length) given.set("has", asked.has.join(","));
  else given.delete("has");
  const text = given.toString();
  history.replaceState(null, "", `${location.pathname}${text ? `?${text}` : ""}${location.hash}`);
}

/** The part of the address that leads to an asset, or to one of its fields. */
export function anchor(asset, field) {
  const parts = field === undefined || field === null ? [asset] : [asset, field];
  return `#${parts.map((part) => encodeURIComponent(String(part).toWellFormed())).join("/")}`;
}

const decoded = (text) => { try { return decodeURIComponent(text); } catch { return text; } };

/** The asset, and maybe the field, that the address leads to. `isAsset(name)` tells a slash in a name from ours. */
export function target(isAsset) {
  const text = location.hash.slice(1);
  const whole = decoded(text);
  const cut = text.indexOf("/");
  if (cut < 0 || isAsset(whole)) return { asset: whole, field: null };
  return { asset: decoded(text.slice(0, cut)), field: decoded(text.slice(cut + 1)) };
}

/** Lead the address to an asset, or nowhere, without leaving an entry in the browser's history. */
export function leadTo(asset) {
  history.replaceState(null, "", asset === null ? location.pathname + location.search : anchor(asset));
}
