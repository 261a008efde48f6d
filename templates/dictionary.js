"use strict";
const field = document.getElementById("search");
const root = document.body.dataset.root;
const kinds = [...document.querySelectorAll("section.kind")];
const nothing = document.getElementById("nothing");

// Shows the rows of the index alone in which the words stand, or whose columns are called so.
function search() {
  const wanted = field.value.trim().toLowerCase();
  let any = false;
  for (const kind of kinds) {
    let some = false;
    for (const row of kind.querySelectorAll("tbody tr")) {
      const match = row.querySelector(".match");
      match.textContent = "";
      const parts = wanted ? row.dataset.parts.split("\n").filter((one) => one.toLowerCase().includes(wanted)) : [];
      row.hidden = !(row.textContent.toLowerCase().includes(wanted) || parts.length);
      match.textContent = parts.slice(0, 6).join(", ") + (parts.length > 6 ? ", …" : "");
      some ||= !row.hidden;
    }
    kind.hidden = !some;
    any ||= some;
  }
  nothing.hidden = any;
}

function fromAddress() {
  const given = new URLSearchParams(location.hash.slice(1)).get("search");
  if (given === null || !kinds.length) return;
  field.value = given;
  search();
}

field.form.addEventListener("submit", (event) => {
  event.preventDefault();
  const query = `search=${encodeURIComponent(field.value)}`;
  if (!kinds.length) {
    location.href = `${root}index.html#${query}`;
    return;
  }
  document.querySelector("tbody tr:not([hidden]) a")?.focus();
});
if (kinds.length) field.addEventListener("input", search);
field.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  field.value = "";
  if (kinds.length) search();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target === field) return;
  event.preventDefault();
  field.focus();
});
window.addEventListener("hashchange", fromAddress);
fromAddress();
