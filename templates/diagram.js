"use strict";
const picture = document.querySelector("svg.schema");
const field = document.getElementById("search");
const count = document.getElementById("count");
const tables = [...picture.querySelectorAll(".table")];
const relations = [...picture.querySelectorAll(".relation")];
const names = [...picture.querySelectorAll("text.name, text.column")];
const [, , WIDTH, HEIGHT] = picture.getAttribute("viewBox").split(" ").map(Number);
let found = [];
let current = 0;
let view;

// What is seen: a point of the picture in the middle, and pixels for each unit.
function show(x, y, scale) {
  view = { x, y, scale: Math.min(4, Math.max(0.02, scale)) };
  const { width, height } = picture.getBoundingClientRect();
  const [w, h] = [width / view.scale, height / view.scale];
  picture.setAttribute("viewBox", `${x - w / 2} ${y - h / 2} ${w} ${h}`);
}

function fit() {
  const { width, height } = picture.getBoundingClientRect();
  show(WIDTH / 2, HEIGHT / 2, Math.min(width / WIDTH, height / HEIGHT, 1.5));
}

function zoom(factor, x = view.x, y = view.y) {
  const scale = Math.min(4, Math.max(0.02, view.scale * factor));
  const kept = view.scale / scale;
  show(x + (view.x - x) * kept, y + (view.y - y) * kept, scale);
}

function pan(dx, dy) {
  show(view.x + dx / view.scale, view.y + dy / view.scale, view.scale);
}

function search() {
  const wanted = field.value.trim().toLowerCase();
  found = wanted ? names.filter((one) => one.textContent.toLowerCase().includes(wanted)) : [];
  current = 0;
  for (const one of names) one.classList.toggle("found", found.includes(one));
  const near = new Set(found.map((one) => one.closest(".table").id));
  for (const one of tables) one.classList.toggle("dim", wanted !== "" && !near.has(one.id));
  for (const one of relations) {
    const touched = near.has(one.dataset.child) && near.has(one.dataset.parent);
    one.classList.toggle("dim", wanted !== "" && !touched);
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
  const one = found[current];
  one.classList.add("current");
  const box = one.getBBox();
  const place = picture.getScreenCTM().inverse().multiply(one.getScreenCTM());
  const middle = new DOMPoint(box.x + box.width / 2, box.y + box.height / 2).matrixTransform(place);
  show(middle.x, middle.y, Math.max(view.scale, 1));
}

function clear() {
  field.value = "";
  search();
  fit();
}

function fromAddress() {
  const given = new URLSearchParams(location.hash.slice(1)).get("search");
  if (given !== null) {
    field.value = given;
    search();
  }
}

field.addEventListener("input", search);
field.form.addEventListener("submit", (event) => event.preventDefault());
field.addEventListener("keydown", (event) => {
  if (event.key === "Enter") {
    event.preventDefault();
    go(event.shiftKey ? -1 : 1);
  } else if (event.key === "Escape") {
    clear();
  }
});
document.getElementById("clear").addEventListener("click", clear);
document.getElementById("in").addEventListener("click", () => zoom(1.25));
document.getElementById("out").addEventListener("click", () => zoom(0.8));
document.getElementById("fit").addEventListener("click", fit);

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
};
document.addEventListener("keydown", (event) => {
  if (event.target === field || event.ctrlKey || event.metaKey || event.altKey) return;
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

// Text is there to be selected; what is dragged is all the rest.
picture.addEventListener("pointerdown", (event) => {
  if (event.button !== 0 || event.target.closest("text")) return;
  event.preventDefault();
  picture.setPointerCapture(event.pointerId);
  const move = (to) => pan(-to.movementX, -to.movementY);
  picture.addEventListener("pointermove", move);
  picture.addEventListener("lostpointercapture", () => picture.removeEventListener("pointermove", move), { once: true });
});

for (const table of tables) {
  const near = relations.filter((one) => [one.dataset.child, one.dataset.parent].includes(table.id));
  table.addEventListener("pointerenter", () => near.forEach((one) => one.classList.add("near")));
  table.addEventListener("pointerleave", () => near.forEach((one) => one.classList.remove("near")));
}

window.addEventListener("resize", () => show(view.x, view.y, view.scale));
window.addEventListener("hashchange", fromAddress);
fit();
fromAddress();
