// The live page: pulls the inventory every two seconds while it is looked at and keeps the document in step.

import { leadTo, target } from "./address.js";
import { AlertsPanel } from "./alerts.js";
import { Controls } from "./controls.js";
import { CoursePanel } from "./course.js";
import { setText, visible } from "./dom.js";
import { Feed } from "./feed.js";
import { RelationsPanel } from "./graph.js";
import { AssetList } from "./list.js";
import { ModelPanel } from "./model.js";
import { drawPulse, drawTotals } from "./totals.js";

const EVERY_MS = 2000;
// A small inventory opens by itself.
const OPEN_ASSETS = 4;
const OPEN_FIELDS = 80;

const at = (id) => document.getElementById(id);
const nodes = Object.fromEntries(["pulse", "totals", "away", "nothing", "facts", "search"].map((id) => [id, at(id)]));

const statusFeed = new Feed("v1/status");
const inventoryFeed = new Feed("v1/inventory?view=summary");
const model = new ModelPanel(at("model"));
const alerts = new AlertsPanel(at("alerts"));
const course = new CoursePanel(at("course"));
const relations = new RelationsPanel(at("relations"));
const feeds = new Map();
const state = { status: {}, assets: null, names: new Set(), seen: null, failed: null, running: false, again: false, timer: 0, target: null };
const list = new AssetList(at("assets"), at("further"), toggled);
const controls = new Controls({
  form: at("controls"), search: at("search"), sort: at("sort"), marks: at("marks"), clear: at("clear"), count: at("count"),
  selects: { kind: at("kind"), grade: at("grade"), pii: at("pii") },
}, () => { list.rewind(); drawAssets(); tick(); });

// ---- what is shown ----------------------------------------------------------------------------------------------

function drawAssets() {
  if (!state.assets) return;
  const shown = list.draw(state.assets, controls.asked, (name) => feeds.get(name)?.data ?? null);
  controls.offer(state.assets, shown);
  nodes.nothing.hidden = shown > 0;
  setText(nodes.nothing, !state.assets.length ? "No assets yet. Send records to any topic this worker reads: they are here a few seconds later."
    : controls.asked.q ? `Nothing matches “${visible(controls.asked.q)}”.` : "Nothing matches what is chosen above.");
}

function draw() {
  drawTotals(nodes, state.status, state.assets);
  drawPulse(nodes, state);
  model.draw();
  alerts.draw();
  course.draw(alerts.feed.data?.alerts ?? [], model.models.data);
  relations.draw();
  drawAssets();
  lookAtTarget();
}

// A linked asset is scrolled to once its fields are there and the page has its height.
function lookAtTarget() {
  const { target: to } = state;
  if (!to || !feeds.get(to.asset)?.data) return;
  const card = list.card(to.asset);
  const node = to.field === null ? card.node : card.showField(to.field) ?? card.node;
  node.scrollIntoView({ block: to.field === null ? "start" : "nearest" });
  state.target = null;
}

// ---- what is pulled ---------------------------------------------------------------------------------------------

function take(document_) {
  const first = state.assets === null;
  state.assets = document_?.assets ?? [];
  state.names = new Set(state.assets.map((asset) => asset.asset));
  list.keepOnly(state.names);
  for (const name of [...feeds.keys()]) if (!state.names.has(name)) feeds.delete(name);
  if (first) openFirst();
}

function openFirst() {
  const fields = state.assets.reduce((sum, asset) => sum + (asset.fields?.length ?? 0), 0);
  if (location.hash.length > 1) follow();
  else if (state.assets.length <= OPEN_ASSETS && fields <= OPEN_FIELDS) for (const name of state.names) list.card(name).wanted = true;
}

async function pullOpen() {
  await Promise.all(list.open().map((name) => {
    if (!feeds.has(name)) feeds.set(name, new Feed(`v1/inventory/${encodeURIComponent(name.toWellFormed())}`));
    return feeds.get(name).pull();
  }));
}

async function pull() {
  try {
    [state.status] = await Promise.all([statusFeed.pull(), inventoryFeed.pull().then(take)]);
    drawAssets();
    await Promise.all([pullOpen(), relations.pull(), model.pull(state.status), alerts.pull(state.status)]);
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

function follow() {
  const to = target((name) => state.names.has(name));
  if (!state.names.has(to.asset)) return;
  list.card(to.asset).wanted = true;
  list.reach(state.assets, controls.asked, to.asset);
  state.target = to;
  drawAssets();
  tick();
}

function toggled(card) {
  card.wanted = card.open;
  if (card.open) leadTo(card.name);
  else if (target((name) => state.names.has(name)).asset === card.name) leadTo(null);
  drawAssets();
  tick();
}

addEventListener("hashchange", follow);
// A link to where the address is already changes nothing that a browser would tell.
document.addEventListener("click", (event) => { if (event.target.closest?.('a[href^="#"]')?.getAttribute("href") === location.hash) follow(); });
document.addEventListener("visibilitychange", () => { drawPulse(nodes, state); tick(); });
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && event.target === document.body) { event.preventDefault(); nodes.search.focus(); }
});
tick();
