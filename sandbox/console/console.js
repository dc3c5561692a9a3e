// Keeps the console current: asks for the sections and puts in those that changed. Without it the page is a
// snapshot that works just the same.
const live = document.getElementById("live");
const shown = new Map();
let wait = 1500;

function replace(place, markup) {
  const active = place.contains(document.activeElement) ? document.activeElement : null;
  // Somebody is typing here: what they type is newer than what the server says.
  if (active?.matches("input, select, textarea")) return false;
  const open = [...place.querySelectorAll("details[open][id]")].map(({ id }) => id);
  const typed = [...place.querySelectorAll("input[id]")].filter(({ value, defaultValue }) => value !== defaultValue);
  place.innerHTML = markup;
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  for (const { id, value } of typed) {
    const field = document.getElementById(id);
    if (field) field.value = value;
  }
  // The element that had the focus is gone; the one that stands for the same thing takes it.
  const same = active?.id ? `#${CSS.escape(active.id)}` : `a[href="${CSS.escape(active?.getAttribute("href") ?? "")}"]`;
  if (active) place.querySelector(same)?.focus({ preventScroll: true });
  return true;
}

async function refresh() {
  try {
    const response = await fetch("/api/console", { signal: AbortSignal.timeout(5000) });
    if (!response.ok) throw new Error(response.statusText);
    const sections = await response.json();
    for (const place of document.querySelectorAll("[data-section]")) {
      const name = place.dataset.section;
      const markup = sections[name];
      const first = !shown.has(name);
      // A form somebody filled in but has not sent stays as it is until the switches themselves change.
      if (shown.get(name) === markup) continue;
      if (first && name === "faults") shown.set(name, markup);
      else if (replace(place, markup)) shown.set(name, markup);
    }
    live.textContent = "Live";
    live.dataset.state = "on";
    wait = 1500;
  } catch {
    live.textContent = "The sandbox does not answer; trying again";
    live.dataset.state = "off";
    wait = Math.min(wait * 2, 15000);
  }
  live.hidden = false;
}

async function keepFresh() {
  if (!document.hidden) await refresh();
  setTimeout(keepFresh, wait);
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) refresh();
});
keepFresh();
