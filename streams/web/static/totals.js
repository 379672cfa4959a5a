// The line at the top: how much there is, whether the worker is there, and what else it says of itself.

import { h, redraw, setText, valueNode, visible } from "./dom.js";
import { expired } from "./findings.js";
import { clock, duration, figure, isNumber, short, whole, words } from "./format.js";

const KNOWN = new Set(["broker", "embedded", "records_per_s", "lag", "quarantined", "expired", "ready", "reason"]);

function total(name, value, note, kind) {
  return h("div", { class: kind ?? null }, h("dt", {}, name), h("dd", { title: note ?? null }, value));
}

export function drawTotals(nodes, status, assets) {
  const sum = (name) => (assets ?? []).reduce((before, asset) => before + (asset[name] ?? 0), 0);
  const quarantined = Math.max(sum("quarantined"), isNumber(status.quarantined) ? status.quarantined : 0);
  const topics = new Map((assets ?? []).map((asset) => [asset.source?.topic ?? asset.asset, expired(asset)]));
  const gone = Math.max([...topics.values()].reduce((before, count) => before + count, 0), isNumber(status.expired) ? status.expired : 0);
  const shown = [assets?.length ?? 0, sum("records"), status, quarantined, gone];
  redraw(nodes.totals, shown, () => [
    total("Assets", whole(shown[0])),
    total("Records", whole(shown[1])),
    total("Records/s", isNumber(status.records_per_s) ? short(Math.round(status.records_per_s)) : "–"),
    total("Lag", isNumber(status.lag) ? short(status.lag) : "–", "records in the topics that are not counted yet"),
    total("Quarantined", whole(quarantined), "records that could not be read; pandian.quarantine has the reasons", quarantined > 0 ? "warn" : null),
    gone > 0 ? total("Expired", whole(gone), "offsets that retention removed before they were read", "warn") : null,
    total("Broker", h("span", {}, valueNode(status.broker), status.embedded ? h("span", { class: "badge" }, "embedded") : null), null, "broker"),
  ]);
  redraw(nodes.facts, status, () => Object.entries(status).filter(([name, value]) => !KNOWN.has(name) && value !== null)
    .map(([name, value]) => h("div", {}, h("dt", {}, words(visible(name))), h("dd", {}, isNumber(value) ? figure(value) : visible(value)))));
}

/** `state`: `{status, assets, seen, failed}`; `seen` is when the figures were last confirmed. */
export function drawPulse({ pulse, away }, state) {
  const starting = !state.failed && state.status.ready === false;
  const word = state.failed ? "away" : document.hidden ? "paused" : state.seen ? (starting ? "starting" : "live") : "connecting";
  pulse.className = `pulse ${word}`;
  setText(pulse, word);
  pulse.title = state.seen ? `figures as of ${clock(state.seen)}` : "";
  away.hidden = !state.failed && !starting;
  if (state.failed) {
    const since = state.failed.since;
    const old = state.assets ? " The figures below are from before." : "";
    setText(away, `The worker is away since ${clock(since)} (${duration(Math.round((Date.now() - since) / 1000))}): ${state.failed.why}.${old} This page goes on trying.`);
  } else if (starting) {
    setText(away, `The worker is not ready yet: ${visible(state.status.reason ?? "")}`);
  }
}
