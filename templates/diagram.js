"use strict";
const byId = (id) => document.getElementById(id);
const picture = document.querySelector("svg.schema");
const field = byId("search");
const count = byId("count");
const objects = byId("objects");
const about = byId("about");
const detail = byId("detail");
const tables = [...picture.querySelectorAll(".table")];
const relations = [...picture.querySelectorAll(".relation")];
const frames = [...picture.querySelectorAll(".border")];
const titles = [...picture.querySelectorAll("text.title")];
const rows = tables.map((one) => [...one.querySelectorAll(".row")]);
const names = [...picture.querySelectorAll("text.name, text.column")];
const links = [...objects.querySelectorAll("a[data-table]")];
// A name is clicked to choose its table; its page is a link beside.
for (const link of picture.querySelectorAll(".table > a")) {
  link.parentElement.dataset.page = link.getAttribute("href");
  link.replaceWith(...link.childNodes);
}
const nameOf = (table) => table.querySelector("text.name").textContent;
const byName = new Map(tables.map((one) => [nameOf(one), one]));
const { levels, start, head, row: ROW, padding, margin, legend } = JSON.parse(byId("views").textContent);
const isNarrow = () => matchMedia("(max-width: 700px)").matches;
const COLUMNS = ["key", "column", "type", "null", "value", "to", "more"];
const paper = picture.querySelector(".paper");
let [WIDTH, HEIGHT] = [0, 0];
let level = start;
let chosen = null;
let found = [];
let current = 0;
let view;

// What is seen: a point of the picture in the middle, and pixels for each unit.
function show(x, y, scale) {
  view = { x, y, scale: Math.min(4, Math.max(0.02, scale)) };
  const { width, height } = picture.getBoundingClientRect();
  const [w, h] = [width / view.scale, height / view.scale];
  picture.setAttribute("viewBox", `${x - w / 2} ${y - h / 2} ${w} ${h}`);
  titles.forEach(entitle);
}

// The name of a group can be read from afar, as far as its frame has room.
function entitle(title, number) {
  const [top, width] = ["y", "width"].map((key) => Number(frames[number].getAttribute(key)));
  const room = (width - 40) / title.textContent.length / 0.62;
  const size = Math.max(18, Math.min(14 / view.scale, room, 160));
  title.style.fontSize = `${size}px`;
  title.setAttribute("y", top + (size > 18 ? size : 27));
  title.classList.toggle("far", size > 18);
}

function fit() {
  const { width, height } = picture.getBoundingClientRect();
  show(WIDTH / 2, HEIGHT / 2, Math.min(width / WIDTH, height / HEIGHT, 1.5));
}

// Where a table stands, in units of the picture within its margin.
function place(table) {
  const { e, f } = table.transform.baseVal.consolidate().matrix;
  const [width, height] = ["width", "height"].map((key) => Number(table.querySelector(".frame").getAttribute(key)));
  return { x: e, y: f, width, height };
}

// A narrow screen shows a wide picture as high as it is, from the left on.
function begin() {
  fit();
  if (!isNarrow()) return;
  const { width, height } = picture.getBoundingClientRect();
  if (chosen !== null) {
    const { x, y, width, height } = place(chosen);
    show(x + width / 2 + margin, y + height / 2 + margin, Math.max(view.scale, 0.9));
    return;
  }
  if (WIDTH / HEIGHT < width / height) return;
  const scale = Math.min(height / HEIGHT, 1);
  show(Math.min(width / scale, WIDTH) / 2, HEIGHT / 2, scale);
}

function zoom(factor, x = view.x, y = view.y) {
  const scale = Math.min(4, Math.max(0.02, view.scale * factor));
  const kept = view.scale / scale;
  show(x + (view.x - x) * kept, y + (view.y - y) * kept, scale);
}

function pan(dx, dy) {
  show(view.x + dx / view.scale, view.y + dy / view.scale, view.scale);
}

function move(element, x, y) {
  element.setAttribute("transform", `translate(${x} ${y})`);
}

// Puts what is shown where it stands at this level: everything, or a table and what is near it.
function arrange() {
  const { grids, whole, near } = levels[level];
  const at = chosen === null ? whole : near[tables.indexOf(chosen)];
  tables.forEach((table, number) => {
    const place = at.boxes[number];
    table.classList.toggle("gone", !place);
    table.classList.toggle("chosen", table === chosen);
    if (!place) return;
    move(table, ...place);
    box(table, rows[number], grids[number]);
  });
  relations.forEach((relation, number) => line(relation, at.lines[number]));
  frames.forEach((frame, number) => {
    const place = at.frames[number];
    frame.classList.toggle("gone", !place);
    titles[number].classList.toggle("gone", !place);
    if (!place) return;
    ["x", "y", "width", "height"].forEach((key, at) => frame.setAttribute(key, place[at]));
    titles[number].setAttribute("x", place[0] + 20);
  });
  [WIDTH, HEIGHT] = at.size.map((one) => one + 2 * margin);
  HEIGHT += legend;
  picture.querySelector(":scope > text").setAttribute("y", HEIGHT - margin);
  detail.value = level;
  byId("whole").hidden = chosen === null;
}

function box(table, its, grid) {
  const [width, height] = grid.slice(-2);
  for (const one of table.querySelectorAll(":scope > .body, :scope > .frame")) {
    one.setAttribute("width", width);
    one.setAttribute("height", height);
  }
  table.querySelector(".head").setAttribute("d", `M0 ${head}V4a4 4 0 0 1 4 -4H${width - 4}a4 4 0 0 1 4 4V${head}z`);
  table.querySelector("text.name").setAttribute("x", grid[0]);
  table.querySelector(":scope > text.word")?.setAttribute("x", width - padding);
  let place = 0;
  for (const one of its) {
    const seen = Number(one.dataset.detail) <= level;
    one.classList.toggle("gone", !seen);
    if (!seen) continue;
    move(one, 0, head + place * ROW);
    place += 1;
    one.querySelector(".line").setAttribute("width", width);
    COLUMNS.forEach((name, number) => {
      const selector = name === "key" ? "text.key:not(.to)" : `text.${name}`;
      one.querySelector(selector)?.setAttribute("x", grid[number]);
    });
  }
}

function line(relation, drawn) {
  const [way, ends, x, y] = drawn ?? ["", "", 0, 0];
  relation.classList.toggle("told", way === "");
  relation.querySelector(".way").setAttribute("d", way);
  relation.querySelector(".ends").setAttribute("d", ends);
  const sign = relation.querySelector(".sign");
  sign?.setAttribute("x", x);
  sign?.setAttribute("y", y);
}

// A table and its neighbours, or everything; the address says which, so that Back leads back.
function choose(table) {
  if (table === chosen) return;
  chosen = table;
  if (table !== null && field.value) {
    field.value = "";
    search();
  }
  hover(null);
  arrange();
  for (const one of links) {
    if (chosen !== null && one.dataset.table === chosen.id) one.setAttribute("aria-current", "true");
    else one.removeAttribute("aria-current");
  }
  tell();
  begin();
}

function goTo(table) {
  const hash = table === null ? "" : `#table=${encodeURIComponent(nameOf(table))}`;
  if (location.hash !== hash) history.pushState(null, "", hash || location.pathname + location.search);
  choose(table);
}

function element(name, text, parent) {
  const made = document.createElement(name);
  made.textContent = text;
  parent.append(made);
  return made;
}

// What is known of the chosen table, as text.
function tell() {
  about.hidden = chosen === null;
  about.replaceChildren();
  if (chosen === null) return;
  element("h2", nameOf(chosen), about);
  const said = chosen.querySelector(":scope > title").textContent.slice(nameOf(chosen).length + 2);
  if (said) element("p", said, about);
  if (chosen.dataset.page) element("a", "Its page", about).href = chosen.dataset.page;
  const ends = (mine, other) => relations
    .filter((one) => one.dataset[mine] === chosen.id)
    .map((one) => byId(one.dataset[other]))
    .filter((one) => one !== chosen);
  for (const [label, near] of [["Refers to", ends("child", "parent")], ["Referred to by", ends("parent", "child")]]) {
    if (!near.length) continue;
    element("h3", label, about);
    for (const one of new Set(near)) {
      const link = element("a", nameOf(one), about);
      link.href = `#table=${encodeURIComponent(nameOf(one))}`;
    }
  }
  const its = rows[tables.indexOf(chosen)].filter((one) => one.querySelector("title"));
  const list = element("dl", "", about);
  for (const one of its) {
    const name = one.querySelector(".column").textContent;
    const text = one.querySelector("title").textContent;
    element("dt", name, list);
    element("dd", text.startsWith(`${name} `) ? text.slice(name.length + 1) : text, list);
  }
  objects.scrollTop = 0;
}

function search() {
  const wanted = field.value.trim().toLowerCase();
  if (wanted && chosen !== null) goTo(null);
  found = wanted ? names.filter((one) => one.textContent.toLowerCase().includes(wanted)) : [];
  current = 0;
  const all = new Set(found);
  for (const one of names) one.classList.toggle("found", all.has(one));
  const near = new Set(found.map((one) => one.closest(".table").id));
  for (const one of tables) one.classList.toggle("dim", wanted !== "" && !near.has(one.id));
  for (const one of relations) {
    const touched = near.has(one.dataset.child) && near.has(one.dataset.parent);
    one.classList.toggle("dim", wanted !== "" && !touched);
  }
  for (const one of links) one.parentElement.hidden = wanted !== "" && !near.has(one.dataset.table);
  for (const one of objects.querySelectorAll("details")) {
    one.hidden = !one.textContent.toLowerCase().includes(wanted);
  }
  for (const one of objects.querySelectorAll(":scope > section:not(#about)")) {
    one.hidden = ![...one.querySelectorAll("li, details")].some((each) => !each.hidden);
  }
  go(0);
}

function go(step) {
  for (const one of names) one.classList.remove("current");
  if (!found.length) {
    count.textContent = field.value.trim() ? "nothing found" : "";
    return;
  }
  current = (current + step + found.length) % found.length;
  count.textContent = `${current + 1} of ${found.length}`;
  let one = found[current];
  // What this level does not show stands for its table.
  if (one.closest(".gone")) one = one.closest(".table").querySelector("text.name");
  one.classList.add("current");
  const box = one.getBBox();
  const toPicture = picture.getScreenCTM().inverse().multiply(one.getScreenCTM());
  const middle = new DOMPoint(box.x + box.width / 2, box.y + box.height / 2).matrixTransform(toPicture);
  show(middle.x, middle.y, Math.max(view.scale, 1));
}

function clear() {
  field.value = "";
  search();
  fit();
}

function fromAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  choose(byName.get(given.get("table")) ?? null);
  if (given.has("search")) {
    field.value = given.get("search");
    search();
  }
}

function setLevel(to) {
  level = to;
  arrange();
  begin();
  if (field.value) go(0);
}

function toggle(open = objects.classList.contains("closed")) {
  objects.classList.toggle("closed", !open);
  byId("list").setAttribute("aria-expanded", String(open));
  if (view) show(view.x, view.y, view.scale);
}

field.addEventListener("input", search);
field.form.addEventListener("submit", (event) => event.preventDefault());
field.addEventListener("keydown", (event) => {
  if (event.key === "Enter") {
    event.preventDefault();
    go(event.shiftKey ? -1 : 1);
  } else if (event.key === "ArrowDown") {
    event.preventDefault();
    toggle(true);
    links.find((one) => one.offsetParent !== null)?.focus();
  } else if (event.key === "Escape") {
    clear();
  }
});
byId("clear").addEventListener("click", clear);
byId("in").addEventListener("click", () => zoom(1.25));
byId("out").addEventListener("click", () => zoom(0.8));
byId("fit").addEventListener("click", fit);
byId("whole").addEventListener("click", () => goTo(null));
byId("list").addEventListener("click", () => toggle());
detail.addEventListener("change", () => setLevel(Number(detail.value)));
objects.addEventListener("click", (event) => {
  if (event.target.closest("a") && isNarrow()) toggle(false);
});

const KEYS = {
  ArrowLeft: () => pan(-80, 0),
  ArrowRight: () => pan(80, 0),
  ArrowUp: () => pan(0, -80),
  ArrowDown: () => pan(0, 80),
  "+": () => zoom(1.25),
  "=": () => zoom(1.25),
  "-": () => zoom(0.8),
  0: fit,
  "/": () => field.focus(),
  d: () => setLevel((level + 1) % levels.length),
  o: () => toggle(),
  Escape: () => (chosen === null ? fit() : goTo(null)),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const held = event.target;
  if (held === field || held === detail) return;
  if (event.key.startsWith("Arrow") && objects.contains(held)) {
    const seen = links.filter((one) => one.offsetParent !== null);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      seen[(seen.indexOf(held) + step + seen.length) % seen.length]?.focus();
    }
    return;
  }
  if ((event.key === "Enter" || event.key === " ") && held.classList.contains("table")) {
    event.preventDefault();
    goTo(held);
    return;
  }
  const act = KEYS[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});

// A turn of the wheel moves the picture; with Ctrl, and by a pinch, it grows around the pointer.
picture.addEventListener("wheel", (event) => {
  event.preventDefault();
  if (!event.ctrlKey) {
    pan(event.deltaX, event.deltaY);
    return;
  }
  const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM().inverse());
  zoom(Math.exp(-event.deltaY / 300), at.x, at.y);
}, { passive: false });

// What is dragged moves the picture, two fingers make it larger; a click chooses a table.
const fingers = new Map();
let dragged = false;
picture.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  fingers.set(event.pointerId, event);
  dragged = false;
});
picture.addEventListener("pointermove", (event) => {
  const before = fingers.get(event.pointerId);
  if (!before) return;
  const [dx, dy] = [event.clientX - before.clientX, event.clientY - before.clientY];
  if (!dragged && Math.hypot(dx, dy) < 4) return;
  if (!dragged) picture.setPointerCapture(event.pointerId);
  dragged = true;
  if (fingers.size === 2) {
    const [other] = [...fingers.values()].filter((one) => one.pointerId !== event.pointerId);
    const far = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
    zoom(far(event) / Math.max(far(before), 1));
  } else {
    pan(-dx, -dy);
  }
  fingers.set(event.pointerId, event);
});
for (const name of ["pointerup", "pointercancel"]) {
  picture.addEventListener(name, (event) => fingers.delete(event.pointerId));
}
picture.addEventListener("click", (event) => {
  const table = event.target.closest(".table");
  if (table && !dragged) goTo(table);
});

// The lines of a table that the pointer or the keyboard is on; those to other groups for as long.
let hovered = [];
function hover(table) {
  for (const one of hovered) {
    one.classList.remove("near");
    if (one.dataset.drawn) line(one, undefined);
    delete one.dataset.drawn;
  }
  hovered = table === null ? [] : relations.filter((one) => [one.dataset.child, one.dataset.parent].includes(table.id));
  for (const one of hovered) {
    one.classList.add("near");
    const [child, parent] = [byId(one.dataset.child), byId(one.dataset.parent)];
    if (!one.classList.contains("told") || child.matches(".gone") || parent.matches(".gone")) continue;
    one.dataset.drawn = "true";
    one.parentElement.append(one); // over the boxes that it crosses
    line(one, [straight(child, parent), "", 0, 0]);
  }
}

function straight(child, parent) {
  const [from, to] = [child, parent].map((one) => {
    const { x, y, width } = place(one);
    return { left: x, right: x + width, y: y + head / 2 };
  });
  const [a, b] = from.right < to.left ? [from.right, to.left] : from.left > to.right ? [from.left, to.right] : [from.left, to.left];
  const middle = a === from.left && b === to.left ? Math.min(a, b) - 60 : (a + b) / 2;
  return `M${a} ${from.y}C${middle} ${from.y} ${middle} ${to.y} ${b} ${to.y}`;
}

for (const table of tables) {
  table.setAttribute("tabindex", "0");
  table.setAttribute("role", "button");
  table.setAttribute("aria-label", nameOf(table));
  table.addEventListener("pointerenter", () => hover(table));
  table.addEventListener("pointerleave", () => hover(null));
  table.addEventListener("focus", () => {
    hover(table);
    if (!table.matches(":focus-visible")) return;
    const { left, right, top, bottom } = table.getBoundingClientRect();
    const seen = picture.getBoundingClientRect();
    if (left >= seen.left && right <= seen.right && top >= seen.top && bottom <= seen.bottom) return;
    pan((left + right - seen.left - seen.right) / 2, (top + bottom - seen.top - seen.bottom) / 2);
  });
  table.addEventListener("blur", () => hover(null));
}

paper.setAttribute("display", "none");
if (isNarrow()) toggle(false);
window.addEventListener("resize", () => show(view.x, view.y, view.scale));
window.addEventListener("hashchange", fromAddress);
window.addEventListener("popstate", fromAddress);
arrange();
begin();
fromAddress();
