// The list of assets: as many cards as can be seen and some more; further ones are made when one scrolls to them.

import { AssetCard, assetMissing } from "./asset.js";
import { place } from "./dom.js";
import { matcher } from "./filter.js";

const FIRST = 24;
// A filter that matches fields opens at most this many assets.
const OPEN_MATCHES = 8;

function ordered(assets, sort) {
  if (sort === "name") return assets.toSorted((a, b) => a.asset.localeCompare(b.asset));
  if (sort === "missing") return assets.toSorted((a, b) => (assetMissing(b) ?? -1) - (assetMissing(a) ?? -1));
  return assets;
}

export class AssetList {
  /** `end` is a node below the list; `onToggle(card)` is called when a person opens or closes a card. */
  constructor(node, end, onToggle) {
    this.node = node;
    this.end = end;
    this.cards = new Map();
    this.limit = FIRST;
    this.count = 0;
    this.onToggle = onToggle;
    this.observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting) && this.limit < this.count) { this.limit += FIRST; this.redraw(); }
    }, { rootMargin: "1200px" });
  }

  card(name) {
    if (!this.cards.has(name)) this.cards.set(name, new AssetCard(name, this.onToggle));
    return this.cards.get(name);
  }

  /** Forget the cards of assets that are no more. */
  keepOnly(names) {
    for (const name of [...this.cards.keys()]) if (!names.has(name)) this.cards.delete(name);
  }

  /** Show an asset even if it is far down. */
  reach(assets, asked, name) {
    const match = matcher(asked);
    const at = ordered(assets, asked.sort).filter((asset) => match(asset).any).findIndex((asset) => asset.asset === name);
    this.limit = Math.max(this.limit, at + 2);
  }

  /** Start from the top again: what is asked for has changed. */
  rewind() {
    this.limit = FIRST;
  }

  /** Draw the cards asked for; `details(name)` gives an asset's whole document, or null. Returns how many match. */
  draw(assets, asked, details) {
    this.redraw = () => this.draw(assets, asked, details);
    const match = matcher(asked);
    const now = Date.now();
    const matching = ordered(assets, asked.sort).map((asset) => ({ asset, found: match(asset) })).filter(({ found }) => found.any);
    this.count = matching.length;
    let opened = 0;
    const nodes = matching.slice(0, this.limit).map(({ asset, found }) => {
      const card = this.card(asset.asset);
      card.update(asset, now);
      const byFilter = !found.all && opened < OPEN_MATCHES;
      opened += byFilter ? 1 : 0;
      card.show(card.wanted || byFilter);
      const whole = details(asset.asset);
      if (card.open && whole) card.updateBody(whole, found.keep, asked.sort);
      return card.node;
    });
    place(this.node, nodes);
    this.end.hidden = nodes.length === this.count;
    // Observed anew, it is told again that the end can still be seen.
    this.observer.unobserve(this.end);
    if (!this.end.hidden) this.observer.observe(this.end);
    return this.count;
  }

  /** Names of the cards that are open, as far as they are shown. */
  open() {
    return [...this.cards.values()].filter((card) => (card.open && card.node.isConnected) || card.wanted).map((card) => card.name);
  }
}
