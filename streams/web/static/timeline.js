// What happened to an asset: drifts, schema changes and silence in one list by time, each kind can be left out.

import { h, place, redraw, setText, valueNode, visible } from "./dom.js";
import { changeSentence, changeTitle, driftBars, driftSentence, driftTitle, happenings } from "./drift.js";
import { duration, instant, power, whole } from "./format.js";
import { anchor } from "./address.js";

const KINDS = [["drift", "Drift"], ["schema", "Schema"], ["silence", "Silence"]];
const FIRST = 30;

function silenceWords(silence) {
  return `no record for ${duration(silence.gap_s)}, where about ${whole(silence.expected)} usually come; the longest gap before was ${duration(silence.longest_gap_s)}; none by chance: ${power(Math.max(silence.log10_tail, -99))}`;
}

function content({ kind, one }) {
  if (kind === "silence") return [h("p", { class: "what" }, "fell silent"), h("p", { class: "aside" }, silenceWords(one))];
  if (kind === "drift") return [h("p", { class: "what" }, driftTitle(one)), driftBars(one), h("p", { class: "aside" }, driftSentence(one))];
  return [h("p", { class: "what" }, changeTitle(one)), h("p", { class: "aside" }, changeSentence(one))];
}

function entryNode(asset, entry) {
  const { kind, field, time } = entry;
  const alarm = kind !== "schema";
  return h("li", { class: `happening ${kind}` },
    h("div", { class: "when" }, h("time", { title: time ?? null, datetime: time ?? null }, kind === "silence" ? "now" : instant(time))),
    h("div", { class: "story" },
      h("p", {}, h("span", { class: `badge ${kind}` }, alarm ? "⚠ " : "", kind === "schema" ? "schema" : kind), " ",
        field === undefined || field === null ? null : h("a", { href: anchor(asset, field) }, valueNode(field))),
      ...content(entry)));
}

export class Timeline {
  constructor(asset) {
    this.asset = asset;
    this.hidden = new Set();
    this.all = false;
    this.boxes = new Map(KINDS.map(([kind, label]) => {
      const box = h("input", { type: "checkbox", checked: true });
      const figure = h("span", { class: "figure" });
      box.addEventListener("change", () => { if (box.checked) this.hidden.delete(kind); else this.hidden.add(kind); this.draw(); });
      return [kind, { label: h("label", {}, box, ` ${label} `, figure), figure }];
    }));
    this.list = h("ol", { class: "happenings" });
    this.more = h("button", { type: "button", class: "more", hidden: true });
    this.more.addEventListener("click", () => { this.all = true; this.draw(); });
    this.bar = h("div", { class: "choices", role: "group", "aria-label": "What to show" }, ...[...this.boxes.values()].map((box) => box.label));
    this.node = h("div", { class: "timeline" }, this.bar, this.list, this.more);
  }

  update(asset) {
    this.found = happenings(asset);
    // An entry says how long ago it was, so it is drawn again when that changes.
    this.key = [asset.drift, asset.schema_changes, asset.freshness?.silence, this.found.map((entry) => instant(entry.time))];
    this.draw();
  }

  draw() {
    for (const [kind, { label, figure }] of this.boxes) {
      const count = this.found.filter((entry) => entry.kind === kind).length;
      label.hidden = count === 0;
      setText(figure, whole(count));
    }
    place(this.bar, [...this.boxes.values()].map((box) => box.label));
    const chosen = this.found.filter((entry) => !this.hidden.has(entry.kind));
    const shown = this.all ? chosen : chosen.slice(0, FIRST);
    redraw(this.list, [this.key, [...this.hidden], shown.length], () => shown.map((entry) => entryNode(this.asset, entry)));
    this.more.hidden = shown.length === chosen.length;
    setText(this.more, `Show all ${whole(chosen.length)}`);
  }
}

/** In a word, what happened last: for the line of an asset. */
export function latest(asset) {
  return happenings(asset).slice(0, 3).map(({ kind, field, time, one }) => [
    kind === "silence" ? "fell silent" : `${visible(field)} ${kind === "drift" ? `drift of ${visible(one.aspect)}` : changeTitle(one)}`, kind === "silence" ? null : instant(time),
  ].filter(Boolean).join(" · "));
}
