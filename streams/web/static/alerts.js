// Alerts as they began and ended, the newest first, each with what moved in the same time.

import { h, redraw, valueNode, visible } from "./dom.js";
import { Feed } from "./feed.js";
import { instant, isNumber, whole } from "./format.js";

const MOST = 8;
const MOST_CAUSES = 3;

const when = (time) => (isNumber(time) ? instant(new Date(time).toISOString()) : "–");

/** One entry an alert: its beginning, with when it ended if it has. The newest first, as they come. */
export function told(alerts) {
  const found = new Map();
  for (const one of alerts.toReversed()) {
    const known = found.get(one.alert_id);
    if (one.state === "firing") found.set(one.alert_id, { ...one, ended: null });
    else if (known) known.ended = one.time;
  }
  return [...found.values()].toReversed().sort((a, b) => (a.ended !== null) - (b.ended !== null));
}

function cause(one) {
  return h("li", {}, valueNode([one.asset, one.field].filter(Boolean).join(".")), " ",
    h("span", { class: "aside" }, visible(one.before)), " → ", h("span", {}, visible(one.after)));
}

function entry(one) {
  const causes = (one.causes ?? []).slice(0, MOST_CAUSES);
  return h("li", { class: one.ended === null ? "firing" : "over" },
    h("span", { class: one.ended === null ? "badge alarm" : "badge" }, one.ended === null ? visible(one.kind) : `${visible(one.kind)}, over`),
    h("span", { class: "aside" }, `since ${when(one.since)}${one.ended === null ? "" : `, until ${when(one.ended)}`}`),
    h("p", {}, visible(one.text)),
    causes.length ? h("ul", { class: "causes", "aria-label": "moved in the same time" }, ...causes.map(cause)) : null);
}

/** The section of the page about alerts; hidden while there is none, or the worker knows of none. */
export class AlertsPanel {
  constructor(node) {
    this.node = node;
    this.feed = new Feed("v1/alerts");
    this.title = h("h2", {});
    this.list = h("ol", { class: "alertlist" });
    node.append(this.title, this.list);
  }

  /** Ask for them, of a worker that says how many users it knows: others may not know of any. */
  async pull(status) {
    if (isNumber(status?.users)) await this.feed.pull();
  }

  draw() {
    const alerts = told(this.feed.data?.alerts ?? []);
    this.node.hidden = !alerts.length;
    if (!alerts.length) return;
    const firing = alerts.filter((one) => one.ended === null).length;
    redraw(this.title, firing, () => [`Alerts: ${firing ? `${whole(firing)} going on` : "all over"}`]);
    // What is said of times is how long ago they were, so it is drawn again when that changes.
    redraw(this.list, [alerts, alerts.slice(0, MOST).map((one) => [when(one.since), when(one.ended)])], () => alerts.slice(0, MOST).map(entry));
  }
}
