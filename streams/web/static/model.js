// The model: which one answers, how good it is live, and which fields of the data make its interactions.

import { interval, scale } from "./auc.js";
import { h, redraw, valueNode, visible } from "./dom.js";
import { Feed } from "./feed.js";
import { instant, isNumber, short, whole, words } from "./format.js";
import { RecommendBox } from "./recommend.js";
import { windowFigures } from "./windows.js";

const RANGES = [["auc", "all labels"], ["recent", "recent"], ["reference", "reference"]];
// Older versions than these are left to the API.
const MOST_VERSIONS = 6;
const MOST_TOPICS = 12;
const ORDER = ["interactions", "items", null];

const three = (value) => (isNumber(value) ? value.toFixed(3) : "–");

function name(one) {
  return [valueNode(one.model, { class: "modelname" }), h("span", { class: "version" }, valueNode(one.version))];
}

function head(document_, status) {
  const champion = document_.champion;
  const known = isNumber(status.users) ? h("p", { class: "knows aside" }, `knows ${whole(status.users)} users, ${whole(status.items)} items, ${whole(status.interactions)} interactions`) : null;
  if (!champion) {
    return [h("h2", {}, "No trained model yet"),
      h("p", { class: "aside" }, "baselines that the worker keeps itself answer: what is popular, and what goes together"), known, ...refused(document_)];
  }
  const since = champion.since ?? champion.time;
  return [h("h2", {}, ...name(champion)),
    h("p", { class: "aside" }, [since ? `answers since ${instant(isNumber(since) ? new Date(since).toISOString() : since)}` : null, champion.by ? `by ${visible(champion.by)}` : null, champion.why ? visible(champion.why) : null]
      .filter(Boolean).join(" · ")), known, ...refused(document_)];
}

function refused(document_) {
  return (document_.refused ?? []).map((one) => h("p", { class: "refused" }, `${visible(one.model)} ${visible(one.version)} was refused: `, visible(one.text)));
}

function labelsOf(version) {
  const { positive = 0, negative = 0 } = version.labels ?? {};
  return h("span", { class: "figure", title: `${whole(positive)} acted on, ${whole(negative)} not` }, short(positive + negative), h("span", { class: "bounds" }, ` ${short(positive)} acted on`));
}

function aucFigure(auc) {
  if (!isNumber(auc?.value)) return h("span", { class: "figure none" }, "no label yet");
  const note = isNumber(auc.bound) ? `95 % interval; ${auc.bound.toExponential(1)} of it is what the buckets leave open` : "95 % interval";
  return h("span", { class: "figure", title: note }, h("span", { class: "strong" }, three(auc.value)), h("span", { class: "bounds" }, ` ${three(auc.low)}–${three(auc.high)}`));
}

function versionRow(version, champion) {
  const answers = champion && champion.model === version.model && champion.version === version.version;
  return h("tr", { class: answers ? "answers" : null },
    h("th", { scope: "row" }, ...name(version), answers ? h("span", { class: "badge" }, "answers") : null,
      version.alarm ? h("span", { class: "badge alarm", title: "the live AUC is below that of its reference: see pandian.alerts" }, "alarm") : null),
    h("td", { class: "plot" }, interval(RANGES.map(([key, label]) => ({ ...version[key], kind: key, label })))),
    h("td", {}, aucFigure(version.auc)),
    h("td", {}, labelsOf(version)));
}

function versions(document_) {
  const shown = (document_.versions ?? []).slice(0, MOST_VERSIONS);
  if (!shown.length) return h("p", { class: "aside" }, "No page was shown yet whose outcome is known: impressions and their labels make the AUC.");
  return h("table", { class: "versions" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Version"),
      h("th", { scope: "col" }, "Live AUC ", ...RANGES.map(([key, label]) => h("span", { class: `key of-${key}` }, label))), h("th", { scope: "col" }, "of all labels"), h("th", { scope: "col" }, "Labels"))),
    h("tbody", {}, ...shown.map((version) => versionRow(version, document_.champion)),
      h("tr", { class: "scale" }, h("td"), h("td", { class: "plot" }, scale()), h("td"), h("td"))));
}

// The version whose figures are shown in full: the one that answers, else the newest that has any.
function watched({ versions: all = [], champion }) {
  const known = all.filter((version) => version.figures?.window?.labels);
  return known.find((version) => champion?.model === version.model && champion.version === version.version) ?? known[0];
}

const PARTS = ["user", "item", "time", "action"];

// A reason such as "user_id, 95%: the name says so": its beginning is shown, all of it in the title.
function part(found) {
  if (!found) return h("span", { class: "none" }, "–");
  const why = visible(found.why ?? "");
  return h("span", { title: why }, valueNode(found.field ?? found.value), h("span", { class: "aside why" }, found.field ? why.split(":")[0] : "by kind"));
}

function became(topic) {
  const counts = Object.entries(topic.outcomes ?? {}).filter((entry) => entry[1] > 0).sort((a, b) => b[1] - a[1]);
  const made = topic.outcomes?.[topic.target === "items" ? "item" : "interaction"] ?? 0;
  const rest = counts.map(([outcome, count]) => `${whole(count)} ${outcome.replaceAll("-", " ")}`).join(" · ");
  return h("span", { title: rest }, h("span", { class: "figure" }, `${short(made)} ${topic.target}`),
    topic.lag > 0 ? h("span", { class: "aside why" }, `${short(topic.lag)} records to go`) : null);
}

function topicRow(topic) {
  const head_ = h("th", { scope: "row" }, valueNode(topic.topic));
  if (!topic.target) return h("tr", {}, head_, h("td", { colspan: PARTS.length + 1, class: "none" }, visible(topic.why_not ?? "not known yet")));
  return h("tr", {}, head_, h("td", { "data-label": "becomes" }, became(topic)), ...PARTS.map((one) => h("td", { "data-label": one }, part(topic.mapping?.[one]))));
}

function mapping(document_) {
  const topics = (document_?.topics ?? []).toSorted((a, b) => ORDER.indexOf(a.target) - ORDER.indexOf(b.target));
  if (!topics.length) return null;
  return h("table", { class: "mapping" }, h("caption", {}, "What the records become"),
    h("thead", {}, h("tr", {}, ...["topic", "becomes", ...PARTS].map((one) => h("th", { scope: "col" }, one)))),
    h("tbody", {}, ...topics.slice(0, MOST_TOPICS).map(topicRow)));
}

/** The section of the page about the model; hidden while the worker says nothing of models. */
export class ModelPanel {
  constructor(node) {
    this.node = node;
    this.models = new Feed("v1/models");
    this.interactions = new Feed("v1/interactions");
    this.title = h("div", { class: "modelhead" });
    this.versions = h("div", { class: "tablewrap" });
    this.figures = h("div", { class: "figures" });
    this.window = h("details", { class: "window", hidden: true }, h("summary", {}, "The newest labels, by segment"), this.figures);
    this.mapping = h("div", { class: "tablewrap" });
    this.box = new RecommendBox();
    node.append(this.title, this.versions, this.window, h("div", { class: "modelfoot" }, this.mapping, this.box.node));
  }

  /** Ask for it, of a worker that says how many users it knows: it recommends. */
  async pull(status) {
    this.status = status ?? {};
    if (!isNumber(this.status.users)) return;
    await Promise.all([this.models.pull(), this.interactions.pull()]);
  }

  draw() {
    const { data } = this.models;
    this.node.hidden = !data;
    if (!data) return;
    const { users, items, interactions } = this.status;
    redraw(this.title, [data.champion, data.refused, users, items, interactions], () => head(data, this.status));
    redraw(this.versions, [data.versions, data.champion], () => versions(data));
    const found = watched(data);
    this.window.hidden = !found;
    if (found) redraw(this.figures, [found.model, found.version, found.figures], () => [h("p", { class: "of" }, ...name(found)), ...windowFigures(found.figures)]);
    redraw(this.mapping, this.interactions.data, () => mapping(this.interactions.data));
  }
}
