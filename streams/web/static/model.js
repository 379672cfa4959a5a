// The model: which one answers, how good it is live, and which fields of the data make its interactions.

import { interval, scale } from "./auc.js";
import { h, redraw, valueNode, visible } from "./dom.js";
import { Feed } from "./feed.js";
import { instant, isNumber, short, whole, words } from "./format.js";
import { RecommendBox } from "./recommend.js";

const RANGES = [["auc", "all labels"], ["recent", "recent"], ["reference", "reference"]];
// Older versions than these are left to the API.
const MOST_VERSIONS = 6;

const three = (value) => (isNumber(value) ? value.toFixed(3) : "–");

function name(one) {
  return [valueNode(one.model, { class: "modelname" }), h("span", { class: "version" }, valueNode(one.version))];
}

function head(champion) {
  if (!champion) {
    return [h("h2", {}, "No trained model yet"),
      h("p", { class: "aside" }, "the worker answers with baselines that it keeps itself: what is popular, and what is bought together")];
  }
  const since = champion.since ?? champion.time;
  return [h("h2", {}, ...name(champion)),
    h("p", { class: "aside" }, [since ? `answers since ${instant(isNumber(since) ? new Date(since).toISOString() : since)}` : null, champion.by ? `by ${visible(champion.by)}` : null, champion.why ? visible(champion.why) : null]
      .filter(Boolean).join(" · "))];
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

const PARTS = ["user", "item", "time", "action"];

function part(found) {
  if (found === null || found === undefined || found === "") return h("span", { class: "none" }, "–");
  if (typeof found !== "object") return valueNode(found);
  return h("span", { title: found.why ? visible(found.why) : null }, valueNode(found.field ?? found.value ?? "–"), found.why ? h("span", { class: "aside why" }, visible(found.why)) : null);
}

function mapping(document_) {
  const topics = document_?.topics ?? [];
  if (!topics.length) return null;
  return h("table", { class: "mapping" }, h("caption", {}, "What becomes interactions"),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Topic"), ...PARTS.map((one) => h("th", { scope: "col" }, words(one))))),
    h("tbody", {}, ...topics.map((topic) => h("tr", {}, h("th", { scope: "row" }, valueNode(topic.topic)), ...PARTS.map((one) => h("td", { "data-label": one }, part(topic.mapping?.[one])))))));
}

/** The section of the page about the model; hidden while the worker says nothing of models. */
export class ModelPanel {
  constructor(node) {
    this.node = node;
    this.models = new Feed("v1/models");
    this.interactions = new Feed("v1/interactions");
    this.title = h("div", { class: "modelhead" });
    this.versions = h("div", { class: "tablewrap" });
    this.mapping = h("div", { class: "tablewrap" });
    this.box = new RecommendBox();
    node.append(this.title, this.versions, h("div", { class: "modelfoot" }, this.mapping, this.box.node));
  }

  /** Ask for it, of a worker that serves recommendations only. */
  async pull(status) {
    if (!String(status?.roles ?? "").split(",").includes("serve")) return;
    await Promise.all([this.models.pull(), this.interactions.pull()]);
  }

  draw() {
    const { data } = this.models;
    this.node.hidden = !data;
    if (!data) return;
    redraw(this.title, data.champion, () => head(data.champion));
    redraw(this.versions, [data.versions, data.champion], () => versions(data));
    redraw(this.mapping, this.interactions.data, () => mapping(this.interactions.data));
  }
}
