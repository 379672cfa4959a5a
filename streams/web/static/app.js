// The live page: pulls the inventory every two seconds while it is looked at and keeps the document in step.

import { AssetCard, assetMissing, expired } from "./asset.js";
import { h, place, redraw, setText, valueNode, visible } from "./dom.js";
import { Feed } from "./feed.js";
import { clock, duration, figure, isNumber, short, whole, words } from "./format.js";
import { ModelPanel } from "./model.js";

const EVERY_MS = 2000;
// A small inventory opens by itself.
const OPEN_ASSETS = 4;
const OPEN_FIELDS = 80;
// A filter that matches fields opens at most this many assets.
const OPEN_MATCHES = 12;

const at = (id) => document.getElementById(id);
const [pulse, totals, away, list, nothing, facts, search, sort] = ["pulse", "totals", "away", "assets", "nothing", "facts", "search", "sort"].map(at);

const statusFeed = new Feed("v1/status");
const inventoryFeed = new Feed("v1/inventory?view=summary");
const panel = new ModelPanel(at("model"));
const cards = new Map();
const feeds = new Map();
const state = { status: {}, assets: null, seen: null, failed: null, running: false, again: false, timer: 0, target: null };

// ---- what is shown ----------------------------------------------------------------------------------------------

const KNOWN = new Set(["broker", "embedded", "records_per_s", "lag", "quarantined", "expired", "ready", "reason"]);

function total(name, value, note, kind) {
  return h("div", { class: kind ?? null }, h("dt", {}, name), h("dd", { title: note ?? null }, value));
}

function drawTotals() {
  const { status, assets } = state;
  const sum = (name) => (assets ?? []).reduce((before, asset) => before + (asset[name] ?? 0), 0);
  const quarantined = Math.max(sum("quarantined"), isNumber(status.quarantined) ? status.quarantined : 0);
  const topics = new Map((assets ?? []).map((asset) => [asset.source?.topic ?? asset.asset, expired(asset)]));
  const gone = Math.max([...topics.values()].reduce((before, count) => before + count, 0), isNumber(status.expired) ? status.expired : 0);
  const shown = [assets?.length ?? 0, sum("records"), status, quarantined, gone];
  redraw(totals, shown, () => [
    total("Assets", whole(shown[0])),
    total("Records", whole(shown[1])),
    total("Records/s", isNumber(status.records_per_s) ? short(Math.round(status.records_per_s)) : "–"),
    total("Lag", isNumber(status.lag) ? short(status.lag) : "–", "records in the topics that are not counted yet"),
    total("Quarantined", whole(quarantined), "records that could not be read; pandian.quarantine has the reasons", quarantined > 0 ? "warn" : null),
    gone > 0 ? total("Expired", whole(gone), "offsets that retention removed before they were read", "warn") : null,
    total("Broker", h("span", {}, valueNode(status.broker), status.embedded ? h("span", { class: "badge" }, "embedded") : null), null, "broker"),
  ]);
  redraw(facts, status, () => Object.entries(status).filter(([name, value]) => !KNOWN.has(name) && value !== null)
    .map(([name, value]) => h("div", {}, h("dt", {}, words(visible(name))), h("dd", {}, isNumber(value) ? figure(value) : visible(value)))));
}

function drawPulse() {
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

function matches(asset, query) {
  const has = (text) => String(text ?? "").toLowerCase().includes(query);
  const all = !query || has(asset.asset) || has(asset.kind) || has(asset.source?.format);
  const keep = (field) => all || has(field.field) || has(field.semantic_type) || has(words(field.semantic_type)) || has(field.pii?.class);
  return { all, keep, any: all || (asset.fields ?? []).some(keep) };
}

function ordered(assets) {
  if (sort.value === "name") return assets.toSorted((a, b) => a.asset.localeCompare(b.asset));
  if (sort.value === "missing") return assets.toSorted((a, b) => (assetMissing(b) ?? -1) - (assetMissing(a) ?? -1));
  return assets;
}

function drawAssets() {
  if (!state.assets) return;
  const query = search.value.trim().toLowerCase();
  const now = Date.now();
  const shown = [];
  let opened = 0;
  for (const asset of ordered(state.assets)) {
    const card = cards.get(asset.asset);
    const match = matches(asset, query);
    card.update(asset, now);
    if (!match.any) continue;
    shown.push(card.node);
    const byFilter = !match.all && opened < OPEN_MATCHES;
    opened += byFilter ? 1 : 0;
    card.show(card.wanted || byFilter);
    const detail = feeds.get(asset.asset)?.data;
    if (card.open && detail) card.updateBody(detail, match.keep, sort.value);
  }
  place(list, shown);
  nothing.hidden = shown.length > 0;
  setText(nothing, state.assets.length ? `Nothing matches “${visible(search.value.trim())}”.`
    : "No assets yet. Send records to any topic this worker reads: they are here a few seconds later.");
}

function draw() {
  drawTotals();
  drawPulse();
  panel.draw();
  drawAssets();
  // A linked asset is scrolled to once its fields are there and the page has its height.
  if (state.target && feeds.get(state.target.name)?.data) {
    state.target.node.scrollIntoView({ block: "start" });
    state.target = null;
  }
}

// ---- what is pulled ---------------------------------------------------------------------------------------------

function take(document_) {
  const first = state.assets === null;
  state.assets = document_?.assets ?? [];
  const names = new Set(state.assets.map((asset) => asset.asset));
  for (const name of [...cards.keys()]) if (!names.has(name)) { cards.delete(name); feeds.delete(name); }
  for (const name of names) if (!cards.has(name)) cards.set(name, new AssetCard(name, toggled));
  if (first) openFirst();
}

function openFirst() {
  const fields = state.assets.reduce((sum, asset) => sum + (asset.fields?.length ?? 0), 0);
  if (linked()) follow();
  else if (state.assets.length <= OPEN_ASSETS && fields <= OPEN_FIELDS) for (const card of cards.values()) card.wanted = true;
}

async function pullOpen() {
  const open = [...cards.values()].filter((card) => card.open || card.wanted);
  await Promise.all(open.map((card) => {
    if (!feeds.has(card.name)) feeds.set(card.name, new Feed(`v1/inventory/${encodeURIComponent(card.name.toWellFormed())}`));
    return feeds.get(card.name).pull();
  }));
}

async function pull() {
  try {
    [state.status] = await Promise.all([statusFeed.pull(), inventoryFeed.pull().then(take)]);
    drawAssets();
    await Promise.all([pullOpen(), panel.pull(state.status)]);
    state.seen = new Date();
    state.failed = null;
  } catch (error) {
    const why = error.name === "TimeoutError" ? "it does not answer in time" : error instanceof TypeError ? "it cannot be reached" : error.message;
    state.failed = { since: state.failed?.since ?? state.seen ?? new Date(), why };
  }
}

async function tick() {
  clearTimeout(state.timer);
  state.again = state.running;
  if (state.running) return;
  state.running = true;
  do {
    state.again = false;
    if (!document.hidden) await pull();
  } while (state.again);
  state.running = false;
  draw();
  if (!document.hidden) state.timer = setTimeout(tick, EVERY_MS);
}

// ---- what a person does -----------------------------------------------------------------------------------------

function linked() {
  try { return decodeURIComponent(location.hash.slice(1)); } catch { return ""; }
}

function follow() {
  const card = cards.get(linked());
  if (!card) return;
  card.wanted = true;
  state.target = card;
  drawAssets();
  tick();
}

function toggled(card) {
  card.wanted = card.open;
  if (card.open) history.replaceState(null, "", `#${encodeURIComponent(card.name.toWellFormed())}`);
  else if (linked() === card.name) history.replaceState(null, "", location.pathname + location.search);
  drawAssets();
  tick();
}

at("controls").addEventListener("submit", (event) => event.preventDefault());
search.addEventListener("input", () => { drawAssets(); tick(); });
sort.addEventListener("change", drawAssets);
addEventListener("hashchange", follow);
document.addEventListener("visibilitychange", () => { drawPulse(); tick(); });
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && event.target === document.body) { event.preventDefault(); search.focus(); }
});
tick();
