// Which asset refers to which: drawn as a graph, and told in a table beside it.

import { anchor } from "./address.js";
import { plainTable } from "./bars.js";
import { h, redraw, s, setText, valueNode, visible } from "./dom.js";
import { Feed } from "./feed.js";
import { bound, interval, isNumber, short, whole } from "./format.js";
import { layout } from "./layout.js";

// A graph of more lines opens only when asked for.
const OPEN_EDGES = 24;
const MOST_EDGES = 200;
const FITS = { name: 24, field: 27 };

const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** "98.7 % ± .4" */
export function share(relation) {
  const { estimate, low, high } = relation.share ?? {};
  if (!isNumber(estimate)) return "–";
  const reach = Math.max(estimate - low, high - estimate) * 100;
  return reach > 0.005 ? `${bound(estimate)} ± ${reach < 1 ? reach.toFixed(1).replace(/^0/, "") : reach.toFixed(1)}` : bound(estimate);
}

const isObject = (one) => one !== null && typeof one === "object";

const named = ({ asset, field }) => `${visible(asset)}.${visible(field)}`;

function nodeBox(node) {
  const name = visible(node.asset);
  const kind = [node.kind ? visible(node.kind) : null, isNumber(node.records) ? `${short(node.records)} records` : "no longer here"].filter(Boolean).join(" · ");
  return s("g", { class: "node" },
    s("rect", { class: "box", x: node.x, y: node.y, width: node.width, height: node.height, rx: 7 }),
    s("a", { href: anchor(node.asset), "aria-label": `asset ${name}` }, s("title", {}, name),
      s("text", { class: "assetlabel", x: node.x + 11, y: node.y + 17 }, cut(name, FITS.name))),
    s("text", { class: "kindlabel", x: node.x + 11, y: node.y + 31 }, kind),
    ...node.rows.map((row) => s("a", { href: anchor(node.asset, row.field), "aria-label": `field ${named({ asset: node.asset, field: row.field })}` }, s("title", {}, visible(row.field)),
      s("rect", { class: "row", x: node.x + 1, y: row.y - 11, width: node.width - 2, height: 22 }),
      s("text", { class: "fieldlabel", x: node.x + 11, y: row.y + 4 }, cut(visible(row.field), FITS.field)))));
}

function line({ edge, path, at, tip, back }) {
  const words = `${named(edge.from)} refers to ${named(edge.to)}: ${share(edge)}`;
  const [x, y] = tip;
  const side = back ? 7 : -7;
  return s("a", { class: "edge", href: anchor(edge.from.asset, edge.from.field), "aria-label": words }, s("title", {}, `${words}. ${visible(edge.evidence ?? "")}`),
    s("path", { class: "wide", d: path }), s("path", { class: "line", d: path }),
    s("path", { class: "tip", d: `M${x - side},${y} l${side},-4.5 v9 z` }),
    s("text", { class: "sharelabel", x: at[0], y: at[1] - 6, "text-anchor": "middle" }, share(edge)));
}

/** The graph as one picture; every box, field and line leads to what it stands for. */
export function graphSvg(graph) {
  const { width, height, nodes, edges } = layout(graph);
  return s("svg", { class: "graph", viewBox: `0 0 ${width} ${height}`, width, height, role: "group", "aria-label": `${nodes.length} assets and the ${edges.length} references between them; a table follows` },
    ...edges.map(line), ...nodes.map(nodeBox));
}

// Older documents name an end in one text.
const end = (one) => (isObject(one) ? h("a", { href: anchor(one.asset, one.field) }, valueNode(one.asset), ".", valueNode(one.field)) : visible(one));

function shortTable(relations) {
  return plainTable("The same as a table", ["from", "refers to", "values found there", "orphans"], relations.map((one) => [end(one.from), ["→ ", end(one.to)],
    h("span", { class: "figure" }, share(one)), isNumber(one.orphans?.records) ? `${whole(one.orphans.records)} records` : interval(one.orphans?.distinct)]), { class: "plain relations" });
}

/** References as a table. */
export function relationTable(relations, caption) {
  return plainTable(caption, ["from", "refers to", "values found there", "orphans", "of its values used", "evidence"], relations.filter(isObject).map((one) => [
    end(one.from), ["→ ", end(one.to)], h("span", { class: "figure" }, isNumber(one.overlap) ? bound(one.overlap) : share(one)),
    isNumber(one.orphans?.records) ? h("span", { class: "figure" }, `${whole(one.orphans.records)} records`) : interval(one.orphans?.distinct),
    interval(one.used), h("span", { class: "rule" }, visible(one.evidence ?? "–"))]), { class: "plain relations" });
}

/** Keys of an asset as a table. */
export function keyTable(keys) {
  return plainTable("Keys: fields that tell its records apart", ["fields", "unique", "present"], (keys ?? []).filter(isObject).map((key) =>
    [(key.fields ?? []).map((field) => visible(field)).join(" + "), interval(key.unique), isNumber(key.present) ? bound(key.present) : "–"]));
}

/** The section of the page about all references; hidden while there are none. */
export class RelationsPanel {
  constructor(node) {
    this.node = node;
    this.feed = new Feed("v1/relations");
    this.open = null;
    this.button = h("button", { type: "button", class: "fold", "aria-expanded": "false" }, "Relations");
    this.note = h("span", { class: "aside" });
    this.picture = h("div", { class: "picture" });
    this.table = h("div", { class: "beside" });
    this.body = h("div", { class: "relationsbody" }, this.picture, this.table);
    this.button.addEventListener("click", () => { this.open = !this.open; this.draw(); });
    node.append(h("div", { class: "relationshead" }, h("h2", {}, this.button), this.note), this.body);
  }

  async pull() {
    await this.feed.pull();
  }

  draw() {
    const { data } = this.feed;
    const edges = data?.edges ?? [];
    this.node.hidden = edges.length === 0;
    if (this.node.hidden) return;
    const shown = this.open ?? edges.length <= OPEN_EDGES;
    this.open = shown;
    this.button.setAttribute("aria-expanded", String(shown));
    this.body.hidden = !shown;
    setText(this.note, `${whole(edges.length)} reference${edges.length === 1 ? "" : "s"} between ${whole(data.nodes.length)} assets, found in their values`);
    if (!shown) return;
    const graph = { nodes: data.nodes, edges: edges.slice(0, MOST_EDGES) };
    redraw(this.picture, graph, () => graphSvg(graph));
    redraw(this.table, edges, () => shortTable(edges));
  }
}
