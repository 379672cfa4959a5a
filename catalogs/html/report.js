// Finds fields and assets by words, all of which must occur. Without a script the page shows everything.
"use strict";
{
  const search = document.getElementById("search");
  const personal = document.getElementById("personal");
  const none = document.getElementById("none");
  const assets = [...document.querySelectorAll("section.asset")].map((section) => ({
    section,
    words: section.dataset.words,
    rows: [...section.querySelectorAll("tbody tr")].map((row) => ({ row, words: row.dataset.words, personal: "personal" in row.dataset })),
  }));

  const find = () => {
    const wanted = search.value.toLowerCase().split(/\s+/u).filter(Boolean);
    const narrowed = wanted.length > 0 || personal.checked;
    let any = false;
    for (const asset of assets) {
      let found = false;
      for (const { row, words, personal: about } of asset.rows) {
        const fits = wanted.every((word) => words.includes(word) || asset.words.includes(word)) && (about || !personal.checked);
        row.hidden = !fits;
        found ||= fits;
      }
      const named = !personal.checked && wanted.every((word) => asset.words.includes(word));
      asset.section.hidden = narrowed && !found && !named;
      any ||= !asset.section.hidden;
    }
    none.hidden = any || assets.length === 0;
  };

  search.addEventListener("input", find);
  personal.addEventListener("change", find);
  document.querySelector(".controls").hidden = false;
  find();
}
