/** `75` → "1:15". */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/**
 * Keeps every `data-elapsed` on the page counting; returns how to stop. It adds to the seconds the server
 * wrote, because the visitor's clock may be wrong.
 */
export function runClocks(): () => void {
  const seen = new WeakMap<Element, number>();
  const timer = setInterval(() => {
    for (const element of document.querySelectorAll<HTMLElement>("[data-elapsed]")) {
      if (!seen.has(element)) seen.set(element, performance.now() - 1000);
      const since = (performance.now() - seen.get(element)!) / 1000;
      element.textContent = clock(Number(element.dataset.elapsed) + since);
    }
  }, 1000);
  return () => clearInterval(timer);
}
