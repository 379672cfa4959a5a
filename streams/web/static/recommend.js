// Asks for the recommendations of one user. Nobody is shown them but whoever asks, so no impression is written.

import { share } from "./charts.js";
import { h, redraw, setText, valueNode, visible } from "./dom.js";
import { isNumber } from "./format.js";

const PATIENCE_MS = 5000;
const COUNT = 8;

async function ask(user) {
  const url = `v1/recommend/${encodeURIComponent(user.toWellFormed())}?k=${COUNT}&impressions=false`;
  const answer = await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
  const document_ = await answer.json().catch(() => null);
  if (!answer.ok) throw new Error(document_?.error?.message ?? `the worker answers with ${answer.status}`);
  return document_;
}

function row(item) {
  return h("li", {}, h("span", { class: "score" }, share(item.score, "score"), h("span", { class: "figure" }, isNumber(item.score) ? item.score.toFixed(2) : "–")),
    valueNode(item.item_id, { class: "item" }), h("span", { class: "reason" }, visible(item.reason)));
}

function answerNodes(answer) {
  const items = answer.items ?? [];
  const took = isNumber(answer.latency_ms) ? `, ${answer.latency_ms.toFixed(1)} ms` : "";
  return [
    h("p", { class: "aside" }, "for ", valueNode(answer.user_id), ` from ${visible(answer.model)} ${visible(answer.version)}${took}`),
    answer.fallback ? h("p", { class: "fallback" }, visible(answer.fallback)) : null,
    items.length ? h("ol", { class: "recommended" }, ...items.map(row)) : h("p", { class: "aside" }, "no items: the worker knows none yet"),
  ];
}

/** A small form, and below it what was recommended. */
export class RecommendBox {
  constructor() {
    this.input = h("input", { type: "text", name: "user", id: "user", placeholder: "user id, such as 17850", "aria-label": "User to recommend for", autocomplete: "off", spellcheck: "false", maxlength: 256 });
    this.button = h("button", { type: "submit" }, "Recommend");
    this.note = h("p", { class: "aside", role: "status" });
    this.result = h("div", { class: "result" });
    this.form = h("form", { class: "ask", role: "search" }, this.input, this.button);
    this.node = h("div", { class: "recommend" }, h("h3", {}, "Recommend for a user"), this.form, this.note, this.result);
    this.asked = 0;
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.ask(); });
  }

  async ask() {
    const user = this.input.value.trim();
    if (!user) return;
    const turn = ++this.asked;
    try {
      const answer = await ask(user);
      if (turn !== this.asked) return;
      setText(this.note, "");
      redraw(this.result, answer, () => answerNodes(answer));
    } catch (error) {
      if (turn !== this.asked) return;
      setText(this.note, visible(error.name === "TimeoutError" ? "the worker does not answer in time" : error.message));
      redraw(this.result, null, () => []);
    }
  }
}
