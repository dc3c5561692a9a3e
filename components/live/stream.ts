interface Follow {
  /** Address of the event stream. It is opened again, from where it was, whenever the page comes back into view. */
  url: string;
  /** For each event of the stream. What it throws counts as a drop. */
  onEvent(event: MessageEvent<string>): unknown;
  /** In place of the stream while there is none, and when the page was out of view: asks the server. */
  look(): Promise<unknown>;
  /** Whether events come, the server is asked instead, or it cannot be reached. */
  onState?(state: "live" | "polling" | "offline"): void;
}

/** Between looks without a stream: from the shortest, half as long again each time. Milliseconds. */
const SHORTEST = 1_000;
const LONGEST = 8_000;
/** A stream that worked may drop this often in a row; its browser reconnects by itself. */
const DROPS = 3;
/** A stream tells what changed half a minute before it. A page that took longer to get here asks once. Milliseconds. */
const OVERLAP = 20_000;
/** Without a stream for this long, another one is tried. Milliseconds. */
const TRY_AGAIN = 30_000;

/**
 * Follows the server's events. Where they do not get through it asks again and again with growing pauses, and tries
 * the stream anew now and then. A page out of view has no stream: a browser has few connections to a host.
 *
 * @returns how to stop
 */
export function followStream({ url, onEvent, look, onState }: Follow): () => void {
  let stream: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pause = SHORTEST;
  let droppedAt = 0;
  let stopped = false;

  function open(): void {
    let left = 1;
    const opened = stream = new EventSource(url);
    const hear = async (event: MessageEvent<string>) => {
      try {
        await onEvent(event);
      } catch {
        // What changed is known, and could not be fetched.
        if (!stopped) poll(opened);
      }
    };
    stream.addEventListener("job", hear);
    stream.addEventListener("resync", hear);
    stream.onopen = () => {
      left = DROPS;
      pause = SHORTEST;
      clearTimeout(timer);
      onState?.("live");
    };
    stream.onerror = () => {
      if (--left <= 0 || opened.readyState === EventSource.CLOSED) poll(opened);
    };
  }

  /** From now on it asks. */
  function poll(dropped: EventSource): void {
    dropped.close();
    if (stopped || stream !== dropped) return;
    stream = undefined;
    droppedAt = performance.now();
    wait();
  }

  function wait(): void {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const state = await look().then(() => "polling" as const, () => "offline" as const);
      if (stopped || stream || document.hidden) return;
      onState?.(state);
      if (performance.now() - droppedAt > TRY_AGAIN) open();
      else wait();
    }, pause);
    pause = Math.min(pause * 1.5, LONGEST);
  }

  function onVisibility(): void {
    clearTimeout(timer);
    stream?.close();
    stream = undefined;
    if (document.hidden) return;
    look().catch(() => {});
    open();
  }

  document.addEventListener("visibilitychange", onVisibility);
  if (performance.now() > OVERLAP) look().catch(() => {});
  if (!document.hidden) open();
  return () => {
    stopped = true;
    document.removeEventListener("visibilitychange", onVisibility);
    clearTimeout(timer);
    stream?.close();
  };
}
