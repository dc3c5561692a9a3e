/** Rewrites the server's UTC times within `root` in the visitor's own zone. */
export function localTimes(root: ParentNode): void {
  const format = new Intl.DateTimeFormat(document.documentElement.lang === "pl" ? "pl-PL" : "en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  });
  for (const time of root.querySelectorAll<HTMLTimeElement>("time[data-clock]")) {
    time.textContent = format.format(new Date(time.dateTime));
    time.removeAttribute("data-clock");
  }
}
