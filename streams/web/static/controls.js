// The search box, the choices beside it, and the marks: they say what is asked for, the address remembers it.

import { MARKS, nothing, readAsked, writeAsked } from "./address.js";
import { h, place, setText, visible } from "./dom.js";
import { facets } from "./filter.js";
import { whole } from "./format.js";

const ORDERS = { grade: "ABCDEF", pii: ["pseudonym", "personal", "sensitive"] };
const PAUSE_MS = 60;

function inOrder(part, names) {
  const order = ORDERS[part];
  return order ? names.toSorted((a, b) => (order.indexOf(a) + 9) % 9 - (order.indexOf(b) + 9) % 9) : names.toSorted();
}

/** Keeps the controls and what is asked for in step. `onChange()` is called after a person changed anything. */
export class Controls {
  constructor({ form, search, sort, marks, clear, selects, count }, onChange) {
    this.asked = readAsked();
    this.nodes = { search, sort, clear, selects, count };
    this.marks = new Map(MARKS.map(([mark, label]) => {
      const figure = h("span", { class: "figure" });
      const button = h("button", { type: "button", class: "mark", "aria-pressed": "false", "data-mark": mark }, label, " ", figure);
      button.addEventListener("click", () => this.press(mark));
      return [mark, { button, figure }];
    }));
    marks.append(...[...this.marks.values()].map((one) => one.button));
    this.onChange = onChange;
    this.timer = 0;
    form.addEventListener("submit", (event) => event.preventDefault());
    search.addEventListener("input", () => {
      this.asked.q = search.value.trim();
      onChange();
      // Browsers limit how often an address may change.
      clearTimeout(this.timer);
      this.timer = setTimeout(() => writeAsked(this.asked), PAUSE_MS);
    });
    sort.addEventListener("change", () => this.set("sort", sort.value));
    for (const [part, node] of Object.entries(selects)) node.addEventListener("change", () => this.set(part, node.value));
    clear.addEventListener("click", () => { this.asked = { ...nothing(), sort: this.asked.sort }; this.changed(); search.focus(); });
    this.show();
  }

  set(part, value) {
    this.asked[part] = value;
    this.changed();
  }

  press(mark) {
    const has = new Set(this.asked.has);
    if (!has.delete(mark)) has.add(mark);
    this.asked.has = [...has];
    this.changed();
  }

  changed() {
    clearTimeout(this.timer);
    writeAsked(this.asked);
    this.show();
    this.onChange();
  }

  /** Whether anything narrows the list. */
  get narrowed() {
    const { q, kind, grade, pii, has } = this.asked;
    return Boolean(q || kind || grade || pii || has.length);
  }

  show() {
    const { search, sort, selects } = this.nodes;
    if (search.value.trim() !== this.asked.q) search.value = this.asked.q;
    sort.value = this.asked.sort;
    if (sort.value !== this.asked.sort) sort.value = this.asked.sort = "given";
    for (const [part, node] of Object.entries(selects)) this.choose(part, node);
    for (const [mark, { button }] of this.marks) button.setAttribute("aria-pressed", String(this.asked.has.includes(mark)));
    this.nodes.clear.hidden = !this.narrowed;
  }

  choose(part, node) {
    const wanted = this.asked[part];
    // What the address asks for is a choice, even where no asset has it (any more).
    if (wanted && ![...node.options].some((option) => option.value === wanted)) node.append(h("option", { value: wanted }, visible(wanted)));
    node.value = wanted;
    node.classList.toggle("set", Boolean(wanted));
  }

  /** Offer what the assets have, and say how many of them are shown. */
  offer(assets, shown) {
    const found = facets(assets);
    for (const [part, node] of Object.entries(this.nodes.selects)) {
      if (document.activeElement === node) continue;
      const options = new Map([...node.options].map((option) => [option.value, option]));
      const names = inOrder(part, [...new Set([...found[part].keys(), this.asked[part]])].filter(Boolean));
      place(node, [node.options[0], ...names.map((name) => {
        const option = options.get(name) ?? h("option", { value: name });
        setText(option, `${name === "none" ? "not graded" : visible(name)} (${whole(found[part].get(name) ?? 0)})`);
        return option;
      })]);
      node.hidden = names.length < 2 && !this.asked[part];
      this.choose(part, node);
    }
    for (const [mark, { button, figure }] of this.marks) {
      const count = found.has.get(mark);
      setText(figure, whole(count));
      button.hidden = count === 0 && !this.asked.has.includes(mark);
    }
    this.nodes.clear.hidden = !this.narrowed;
    setText(this.nodes.count, this.narrowed && assets.length ? `${whole(shown)} of ${whole(assets.length)} assets` : "");
  }
}
