// What happened to the data and the models, in one list by time, below the AUC as it went meanwhile.

import { anchor } from "./address.js";
import { h, redraw, setText, valueNode, visible } from "./dom.js";
import { instant, isNumber, whole } from "./format.js";
import { SeriesPlot } from "./series.js";

const FIRST = 12;
const MOST_CAUSES = 3;
// What began, by the kind of the alert; what other kinds say is their text.
const BEGAN = {
  drift: "drifted",
  silence: "fell silent",
  "quality-fell": "its quality fell",
  "events-old": "its events are old",
  "auc-drop": "its AUC fell",
  "auc-drop-segment": "its AUC fell",
  calibration: "its probabilities are off",
  "label-famine": "labels stopped",
  "retraining-fails": "retraining fails",
};
const OF_DATA = new Set(["drift", "silence", "quality-fell", "events-old"]);
const KEYS = [["drift", "what happened to data"], ["alarm", "alert of a model"], ["over", "over"], ["answer", "a model answers"]];

const iso = (at) => new Date(at).toISOString();
const nameOf = (one) => `${one.model}@${one.version}`;

// Where it is known what moved, that is told in place of the alert's words: these stand among the alerts.
function alertEntry(one) {
  const ofData = OF_DATA.has(one.kind);
  const over = one.state !== "firing";
  return { kind: over ? "over" : ofData ? "drift" : "alarm", at: one.time, badge: one.kind, subject: one.subject,
    what: over ? "is over" : BEGAN[one.kind] ?? one.text, text: !over && one.causes?.length ? null : one.text, causes: over ? [] : (one.causes ?? []).slice(0, MOST_CAUSES) };
}

// A version has answered since it was promoted; of those before the champion only their first labels tell.
function modelEntry(version, champion) {
  const answers = champion?.model === version.model && champion?.version === version.version;
  const told = answers ? [champion.by ? `by ${visible(champion.by)}` : null, champion.why ? visible(champion.why) : null].filter(Boolean).join(": ") : "its first pages whose outcome is known";
  return { kind: "answer", at: answers && isNumber(champion.time) ? champion.time : version.figures?.first, badge: "model", subject: nameOf(version), what: "answers", text: told, causes: [] };
}

/** What happened, the latest first: `{kind, at, badge, subject, what, text, causes}`. */
export function entries(alerts, models) {
  const champion = models?.champion ?? null;
  const versions = models?.versions ?? [];
  const unseen = champion && !versions.some((one) => nameOf(one) === nameOf(champion)) ? [champion] : [];
  return [...alerts.map(alertEntry), ...[...versions, ...unseen].map((one) => modelEntry(one, champion))]
    .filter((one) => isNumber(one.at)).sort((a, b) => b.at - a.at);
}

/** The AUC of each version's windows, in order of time. */
export function pointsOf(models) {
  return (models?.versions ?? []).flatMap((one) => (one.figures?.course ?? []).map((point) => ({ at: point.time, value: point.value, of: nameOf(one) })))
    .filter((point) => isNumber(point.at) && isNumber(point.value)).sort((a, b) => a.at - b.at);
}

function cause(one) {
  const name = valueNode([one.asset, one.field].filter(Boolean).join("."));
  return h("li", {}, one.field ? h("a", { href: anchor(one.asset, one.field) }, name) : name, " ", h("span", { class: "aside" }, visible(one.before)), " → ", h("span", {}, visible(one.after)));
}

function entryNode(one) {
  return h("li", { class: `happening ${one.kind}` },
    h("div", { class: "when" }, h("time", { datetime: iso(one.at), title: iso(one.at) }, instant(iso(one.at)))),
    h("div", { class: "story" },
      h("p", {}, h("span", { class: `badge ${one.kind}` }, visible(one.badge)), " ", valueNode(one.subject), " ", h("span", { class: "what" }, visible(one.what))),
      one.text ? h("p", { class: "aside" }, visible(one.text)) : null,
      one.causes.length ? h("ul", { class: "causes", "aria-label": "moved in the same time" }, ...one.causes.map(cause)) : null));
}

/** The section of the page about what happened; hidden while nothing has. */
export class CoursePanel {
  constructor(node) {
    this.node = node;
    this.all = false;
    this.plot = new SeriesPlot("The live AUC");
    this.legend = h("p", { class: "momentkey" });
    this.list = h("ol", { class: "happenings" });
    this.more = h("button", { type: "button", class: "more", hidden: true });
    this.more.addEventListener("click", () => { this.all = true; this.show(); });
    node.append(h("h2", {}, "Timeline"), this.plot.node, this.legend, this.list, this.more);
  }

  draw(alerts, models) {
    this.found = entries(alerts, models);
    const points = pointsOf(models);
    this.node.hidden = !this.found.length && points.length < 2;
    if (this.node.hidden) return;
    const key = JSON.stringify([points, this.found.map((one) => [one.kind, one.at, one.subject])]);
    if (key !== this.key) {
      this.key = key;
      this.plot.node.hidden = points.length < 2;
      const several = new Set(points.map((point) => point.of)).size > 1;
      const marks = this.found.map((one) => ({ at: one.at, kind: one.kind, text: `${visible(one.badge)}: ${visible(one.subject)} ${visible(one.what)}` }));
      this.plot.update(several ? points : points.map(({ at, value }) => ({ at, value })), marks, (value) => value.toFixed(3), "AUC");
      this.legend.hidden = this.plot.node.hidden;
      const kinds = new Set(this.found.map((one) => one.kind));
      redraw(this.legend, [...kinds], () => KEYS.filter(([kind]) => kinds.has(kind)).map(([kind, label]) => h("span", { class: `of-${kind}` }, label)));
    }
    this.show();
  }

  show() {
    const shown = this.all ? this.found : this.found.slice(0, FIRST);
    // What is said of times is how long ago they were, so it is drawn again when that changes.
    redraw(this.list, [shown, shown.map((one) => instant(iso(one.at)))], () => shown.map(entryNode));
    this.more.hidden = shown.length === this.found.length;
    setText(this.more, `Show all ${whole(this.found.length)}`);
  }
}
