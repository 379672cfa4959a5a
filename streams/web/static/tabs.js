// Tabs as ARIA has them: arrow keys move between them, the panel of the chosen one is shown.

import { h, setText } from "./dom.js";
import { whole } from "./format.js";

let made = 0;

export class Tabs {
  /** `tabs`: pairs of key and label, in order. `onChoose(key)` is called when a person chooses one. */
  constructor(label, tabs, onChoose) {
    const own = `tabs${++made}`;
    this.onChoose = onChoose;
    this.tabs = new Map(tabs.map(([key, text]) => {
      const figure = h("span", { class: "count", hidden: true });
      const panel = h("div", { id: `${own}-${key}-panel`, class: "panel", role: "tabpanel", "aria-labelledby": `${own}-${key}`, hidden: true });
      const button = h("button", { id: `${own}-${key}`, type: "button", role: "tab", class: "tab", "aria-controls": panel.id, "aria-selected": "false", tabindex: -1, "data-tab": key }, text, figure);
      button.addEventListener("click", () => this.choose(key, true));
      return [key, { button, panel, figure }];
    }));
    this.bar = h("div", { class: "tabs", role: "tablist", "aria-label": label }, ...[...this.tabs.values()].map((tab) => tab.button));
    this.node = h("div", { class: "tabbed" }, this.bar, ...[...this.tabs.values()].map((tab) => tab.panel));
    this.bar.addEventListener("keydown", (event) => this.key(event));
    this.choose(tabs[0][0], false);
  }

  panel(key) {
    return this.tabs.get(key).panel;
  }

  choose(key, byPerson) {
    this.chosen = key;
    for (const [name, { button, panel }] of this.tabs) {
      button.setAttribute("aria-selected", String(name === key));
      button.setAttribute("tabindex", name === key ? "0" : "-1");
      panel.hidden = name !== key;
    }
    if (byPerson) this.onChoose(key);
  }

  /** Show a tab with a number beside its label (0: none), or hide it; when the chosen one goes, the first takes its place. */
  show(key, shown, count = 0, warn = false) {
    const { button, figure } = this.tabs.get(key);
    button.hidden = !shown;
    figure.hidden = count === 0;
    setText(figure, whole(count));
    figure.classList.toggle("warn", warn);
    if (!shown && this.chosen === key) this.choose([...this.tabs.keys()][0], false);
    this.bar.hidden = [...this.tabs.values()].filter((tab) => !tab.button.hidden).length < 2;
  }

  key(event) {
    const shown = [...this.tabs.entries()].filter(([, tab]) => !tab.button.hidden);
    const at = shown.findIndex(([key]) => key === this.chosen);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: shown.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const [key, tab] = shown[(to + shown.length) % shown.length];
    this.choose(key, true);
    tab.button.focus();
  }
}
