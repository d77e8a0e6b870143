// The what-if page: every move is sent, the newest answer is drawn, the address carries the changes.
(() => {
"use strict";

const root = document.documentElement;
root.classList.add("scripts");
const byId = (id) => document.getElementById(id);
const form = byId("controls");
const answers = byId("answers");
const NUMBER = /'(?:[^']|'')*'|(?<![\w.])(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?(?![\w.])/g;
const DAYS = { m: 1 / 1440, h: 1 / 24, d: 1, w: 7 };
const PATIENCE_MS = 250;
const RETRY_MS = 2000;
const TRIES_KEPT = 60;

// The controls ------------------------------------------------------------------------------------------------

const entries = [...form.querySelectorAll(".entry")];
const boxOf = (element) => element.closest("[data-control]");
const entryOf = (box) => box.querySelector(":scope > .entry");

function query() {
  const changed = new URLSearchParams();
  for (const entry of entries) {
    const text = entry.value.trim();
    if (text !== entry.dataset.written) changed.append(entry.name, text);
  }
  return changed.toString();
}

function fromText(entry) {
  // Where the slider of an entry stands; undefined for what is no number.
  const text = entry.value.trim() || entry.dataset.otherwise || "";
  if (entry.dataset.kind === "duration") {
    const found = /^([0-9]+)\s*([mhdw])$/.exec(text);
    return found ? Number(found[1]) * DAYS[found[2]] : Infinity;
  }
  const value = Number(text);
  return text !== "" && Number.isFinite(value) ? value : Infinity;
}

function draw(entry) {
  // Everything beside an entry that follows from its text.
  const box = boxOf(entry);
  const changed = entry.value.trim() !== entry.dataset.written;
  box.classList.toggle("changed", changed);
  box.querySelector(":scope > .was").hidden = !changed;
  if (entry.dataset.kind === "criterion") {
    const numbers = [...entry.value.matchAll(NUMBER)].map((found) => found[0]).filter((text) => !text.startsWith("'"));
    const sliders = [...box.querySelectorAll("[data-constant]")];
    const usable = numbers.length === sliders.length;
    for (const slider of sliders) {
      slider.disabled = !usable;
      if (!usable) continue;
      const number = numbers[Number(slider.dataset.constant)];
      if (document.activeElement !== slider) slider.value = number;
      slider.nextElementSibling.value = Number(number);
    }
    box.querySelector("[data-switch]").checked = entry.value.trim() !== "";
    box.classList.toggle("off", entry.value.trim() === "");
  } else {
    const slider = box.querySelector(":scope > [data-slider]");
    if (slider && document.activeElement !== slider) slider.value = fromText(entry) === Infinity ? slider.max : fromText(entry);
  }
}

function count() {
  for (const panel of form.querySelectorAll("[data-panel]")) {
    const changed = panel.querySelectorAll(".control.changed").length;
    const mark = panel.querySelector("[data-count]");
    mark.hidden = changed === 0;
    mark.textContent = `${changed} changed`;
  }
}

function drawAll() {
  entries.forEach(draw);
  count();
}

function apply(search) {
  const asked = new URLSearchParams(search);
  for (const entry of entries) entry.value = asked.has(entry.name) ? asked.get(entry.name) : entry.dataset.written;
  drawAll();
}

form.addEventListener("input", (event) => {
  const moved = event.target;
  const box = boxOf(moved);
  if (!box) return;
  const entry = entryOf(box);
  if (moved.matches("[data-slider]")) {
    entry.value = entry.dataset.kind === "duration" ? `${moved.value}d` : moved.value;
  } else if (moved.matches("[data-constant]")) {
    let number = -1;
    entry.value = entry.value.replace(NUMBER, (text) => {
      if (!text.startsWith("'")) number += 1;
      return !text.startsWith("'") && number === Number(moved.dataset.constant) ? moved.value : text;
    });
  } else if (moved.matches("[data-switch]")) {
    if (!moved.checked) entry.dataset.kept = entry.value;
    entry.value = moved.checked ? entry.dataset.kept || entry.dataset.written : "";
  }
  draw(entry);
  count();
  ask();
});
form.addEventListener("change", remember);
form.addEventListener("submit", (event) => { event.preventDefault(); remember(); ask(); });
form.addEventListener("click", (event) => {
  if (!event.target.matches("[data-back]")) return;
  const entry = entryOf(boxOf(event.target));
  entry.value = entry.dataset.written;
  draw(entry);
  count();
  entry.focus();
  remember();
  ask();
});

// Undo, redo, back: each move that ended is one entry of the browser's history ------------------------------------

const kept = (name) => Number(sessionStorage.getItem(name) || 0);
let place = history.state && history.state.place !== undefined ? history.state.place : 0;
if (!history.state) {
  history.replaceState({ place }, "");
  sessionStorage.setItem("last", place);
}
const address = (asked) => location.pathname + (asked ? `?${asked}` : "");

function remember() {
  const asked = query();
  if (asked === new URLSearchParams(location.search).toString()) return;
  place += 1;
  sessionStorage.setItem("last", place);
  history.pushState({ place }, "", address(asked));
  drawTools();
  if (!running && root.dataset.query === asked) tried(asked);
}

function drawTools() {
  byId("undo").disabled = place === 0;
  byId("redo").disabled = place >= kept("last");
}

addEventListener("popstate", (event) => {
  place = event.state ? event.state.place : 0;
  apply(location.search);
  drawTools();
  ask();
});
byId("undo").addEventListener("click", () => history.back());
byId("redo").addEventListener("click", () => history.forward());
byId("reset").addEventListener("click", (event) => {
  event.preventDefault();
  apply("");
  remember();
  ask();
});

// Asking: the newest move wins, older ones are hung up on ----------------------------------------------------------

let running = null;
let again = 0;

async function ask() {
  if (running) running.abort();
  clearTimeout(again);
  const mine = new AbortController();
  running = mine;
  const asked = query();
  carry(asked);
  const begun = performance.now();
  const waiting = setTimeout(() => progress(0), PATIENCE_MS);
  try {
    const response = await fetch(`/what-if/answers?${asked}`, { signal: mine.signal });
    if (!response.ok) throw new Error((await response.text()).trim());
    await read(response, (said) => { if (running === mine) hear(said, begun); });
    if (running === mine) trouble("");
  } catch (error) {
    if (mine.signal.aborted || running !== mine) return;
    const lost = error instanceof TypeError;
    trouble(lost
      ? "The connection to leadline is lost. Your changes are kept here and in the address of this page; it goes on as soon as leadline answers again."
      : error.message);
    answers.classList.add("stale");
    if (lost) again = setTimeout(ask, RETRY_MS);
  } finally {
    clearTimeout(waiting);
    if (running === mine) {
      running = null;
      byId("progress").hidden = true;
    }
  }
}

async function read(response, hear) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    const lines = text.split("\n");
    text = lines.pop();
    for (const line of lines) hear(JSON.parse(line));
  }
}

function hear(said, begun) {
  if (said.progress !== undefined) return progress(said.progress);
  mark(said.problems || {});
  answers.classList.toggle("stale", Boolean(said.problems));
  if (said.problems) return undefined;
  const received = performance.now();
  byId("summary").innerHTML = said.summary;
  byId("details").innerHTML = said.details;
  chart(said.volume);
  tried(query());
  spotChart();
  requestAnimationFrame(() => setTimeout(() => {
    root.dataset.answered = String(performance.now() - begun);
    root.dataset.drawn = String(performance.now() - received);
    root.dataset.took = String(said.took * 1000);
    root.dataset.query = query();
  }));
  return undefined;
}

function progress(share) {
  const bar = byId("progress");
  bar.hidden = false;
  bar.value = share;
}

function mark(problems) {
  for (const entry of entries) {
    const problem = problems[entry.name];
    const error = boxOf(entry).querySelector(":scope > [data-error]");
    error.hidden = !problem;
    error.textContent = problem || "";
    if (problem) {
      entry.setAttribute("aria-invalid", "true");
      for (let around = entry.closest("details"); around; around = around.parentElement.closest("details")) around.open = true;
    } else entry.removeAttribute("aria-invalid");
  }
}

function trouble(sentence) {
  const box = byId("trouble");
  box.hidden = !sentence;
  box.textContent = sentence;
}

function carry(asked) {
  // The form that saves takes the changes along.
  byId("carried").replaceChildren(...[...new URLSearchParams(asked)].map(([name, value]) => {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    return field;
  }));
}

// The chart -----------------------------------------------------------------------------------------------------

const still = matchMedia("(prefers-reduced-motion: reduce)");
const canvas = byId("volume");
let volume = JSON.parse(canvas.dataset.volume);
canvas.replaceChildren();
const drawing = echarts.init(canvas);

function colour(name) {
  return getComputedStyle(root).getPropertyValue(name).trim();
}

function chart(found) {
  volume = found;
  const text = colour("--text-quiet");
  const limit = volume.capacity === null ? [] : [{ yAxis: volume.capacity }];
  drawing.setOption({
    animation: !still.matches,
    animationDurationUpdate: 150,
    aria: { enabled: true },
    grid: { left: 8, right: 8, top: 12, bottom: 4, containLabel: true },
    textStyle: { fontFamily: colour("--font"), color: text },
    tooltip: {
      trigger: "axis", renderMode: "richText", confine: true, backgroundColor: colour("--surface"),
      borderColor: colour("--line-strong"), textStyle: { color: colour("--text"), fontSize: 12 },
      formatter: (points) => {
        const at = points[0].dataIndex;
        const whole = volume.full[at] ? "" : " (not a whole week)";
        return `Week of ${volume.weeks[at]}${whole}\nas tried ${volume.after[at]}\nas it stands ${volume.before[at]}`;
      },
    },
    xAxis: {
      type: "category", data: volume.weeks, axisTick: { show: false }, axisLine: { lineStyle: { color: colour("--line-strong") } },
      axisLabel: { color: text, fontSize: 11, hideOverlap: true, formatter: (day) => day.replace(/^\d+ /, "") },
    },
    yAxis: {
      type: "value", minInterval: 1, splitNumber: 4, axisLabel: { color: text, fontSize: 11 }, splitLine: { lineStyle: { color: colour("--line") } },
      max: volume.capacity > Math.max(...volume.before, ...volume.after) ? Math.ceil(volume.capacity / 10) * 10 : null, axisLine: { show: false },
    },
    series: [
      {
        name: "as tried", type: "bar", barCategoryGap: "25%", itemStyle: { color: colour("--accent") },
        data: volume.after.map((value, at) => (volume.full[at] ? value : { value, itemStyle: { opacity: 0.45 } })),
        markLine: { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: colour("--limit"), type: "dashed", width: 1.5 }, data: limit },
      },
      {
        name: "as it stands", type: "line", symbol: "none", data: volume.before,
        lineStyle: { color: colour("--before"), width: 2 }, itemStyle: { color: colour("--before") },
      },
    ],
  });
}

// Every try as a spot between much and good: how many qualify, and how many of them buy.
const board = byId("tries");
const spots = board ? echarts.init(board) : null;
const STORE = `tries ${form.dataset.version}`;
let tries = JSON.parse(sessionStorage.getItem(STORE) || "[]");

function tried(asked) {
  const spot = volume.spots[1];
  if (!spots || !spot || asked !== new URLSearchParams(location.search).toString()) return;
  tries = tries.filter((one) => one.asked !== asked).slice(-TRIES_KEPT + 1);
  tries.push({ asked, spot });
  sessionStorage.setItem(STORE, JSON.stringify(tries));
}

function spotChart() {
  if (!spots) return;
  const text = colour("--text-quiet");
  const axis = (unit) => ({
    type: "value", scale: true, splitNumber: 3, minInterval: 1,
    min: (range) => Math.max(0, Math.floor(range.min - 1)), max: (range) => Math.ceil(range.max + 1),
    axisLabel: { color: text, fontSize: 11, formatter: `{value}${unit}` }, splitLine: { lineStyle: { color: colour("--line") } },
    axisLine: { show: false }, axisTick: { show: false },
  });
  const older = tries.filter((one) => one.asked !== query()).map((one) => ({ value: one.spot, asked: one.asked }));
  spots.setOption({
    animation: !still.matches,
    animationDurationUpdate: 150,
    aria: { enabled: true, label: { description: "Each try by MQLs a week and by the share of them that became customers." } },
    grid: { left: 8, right: 16, top: 12, bottom: 4, containLabel: true },
    textStyle: { fontFamily: colour("--font"), color: text },
    tooltip: {
      renderMode: "richText", confine: true, backgroundColor: colour("--surface"), borderColor: colour("--line-strong"),
      textStyle: { color: colour("--text"), fontSize: 12 },
      formatter: (at) => `${at.seriesName}\n${at.value[0].toFixed(1)} MQLs a week\n${at.value[1].toFixed(1)}% became customers`,
    },
    xAxis: axis(""),
    yAxis: axis("%"),
    series: [
      { name: "earlier try", type: "scatter", symbolSize: 9, itemStyle: { color: colour("--line-strong") }, data: older },
      { name: "as it stands", type: "scatter", symbol: "diamond", symbolSize: 14, itemStyle: { color: colour("--before") }, data: volume.spots[0] ? [{ value: volume.spots[0], asked: "" }] : [] },
      { name: "as tried", type: "scatter", symbolSize: 14, z: 3, itemStyle: { color: colour("--accent"), borderColor: colour("--surface"), borderWidth: 2 }, data: query() && volume.spots[1] ? [{ value: volume.spots[1], asked: query() }] : [] },
    ],
  });
}

if (spots) {
  spots.on("click", (at) => {
    apply(at.data.asked);
    remember();
    ask();
  });
  new ResizeObserver(() => spots.resize()).observe(board);
}
new ResizeObserver(() => drawing.resize()).observe(canvas);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { chart(volume); spotChart(); });

// Receipts ------------------------------------------------------------------------------------------------------

byId("details").addEventListener("click", async (event) => {
  const link = event.target.closest("[data-receipt]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  try {
    const response = await fetch(`${link.href}&part=1`);
    if (!response.ok) throw new Error();
    byId("receipt-content").innerHTML = await response.text();
    byId("receipt").showModal();
  } catch {
    trouble("The receipt could not be fetched. Is leadline still running?");
  }
});

// Whatever the browser kept in the fields after a reload counts less than the address.
apply(location.search);
drawTools();
chart(volume);
tried(query());
spotChart();
root.dataset.query = query();
})();
