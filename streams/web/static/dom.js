// Builds DOM nodes. Values reach the document only as text nodes and attribute values, never as markup.

const SVG = "http://www.w3.org/2000/svg";
// Characters that would reorder or hide the text around them, and controls: shown by their code instead.
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]/gu;

function build(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== "")
    .map((child) => (child instanceof Node ? child : document.createTextNode(String(child)))));
  return node;
}

/** An HTML element; `attributes` have fixed names, `children` are nodes or text. */
export function h(tag, attributes = {}, ...children) {
  return build(document.createElement(tag), attributes, children);
}

/** An SVG element. */
export function s(tag, attributes = {}, ...children) {
  return build(document.createElementNS(SVG, tag), attributes, children);
}

/** Set the text of a node, touching the document only when it differs. */
export function setText(node, text) {
  const wanted = String(text);
  if (node.textContent !== wanted) node.textContent = wanted;
}

/** Replace the children of a node when `key` (anything JSON can write) is not what it was at the last call. */
const drawn = new WeakMap();
export function redraw(node, key, make) {
  const wanted = JSON.stringify(key);
  if (drawn.get(node) === wanted) return;
  drawn.set(node, wanted);
  node.replaceChildren(...[make()].flat().filter(Boolean));
}

/** Make `nodes` the children of `parent`. Those that stay are not moved, so that focus and selection stay too. */
export function place(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, i) => { if (parent.children[i] !== node) parent.insertBefore(node, parent.children[i] ?? null); });
}

/** A value as a person can read it: controls and direction marks by their code, blanks visible. */
export function visible(value) {
  if (value === null || value === undefined) return "–";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  if (text === "") return "(empty)";
  if (text.trim() === "") return "␣".repeat(Math.min(text.length, 8));
  return text.replace(UNSEEN, (character) => `\\u${character.codePointAt(0).toString(16).padStart(4, "0")}`);
}

/** A value in an element of its own direction, clipped by style, whole in its title. */
export function valueNode(value, attributes = {}) {
  const text = visible(value);
  const { class: extra, ...rest } = attributes;
  return h("bdi", { class: `value ${extra ?? ""}`.trim(), title: text.length > 18 ? text : null, ...rest }, text);
}
