interface Follow {
  /** Address of the event stream. It is opened again, from where it was, whenever the page comes back into view. */
  url: string;
  /** For each event of the stream. A rejection counts as a drop. */
  onEvent(event: MessageEvent<string>): Promise<unknown> | void;
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

  function close(): void {
    clearTimeout(timer);
    stream?.close();
    stream = undefined;
  }

  function open(): void {
    close();
    let left = 1;
    const opened = stream = new EventSource(url);
    const drop = () => {
      if (stream !== opened) return;
      close();
      wait();
    };
    // What changed is known, and if it cannot be fetched it has to be asked for again.
    const hear = (event: MessageEvent<string>) => onEvent(event)?.catch(drop);
    opened.addEventListener("job", hear);
    opened.addEventListener("resync", hear);
    opened.onopen = () => {
      left = DROPS;
      pause = SHORTEST;
      onState?.("live");
    };
    opened.onerror = () => {
      if (!--left || opened.readyState === 2) drop();
    };
  }

  function wait(): void {
    const mine = timer = setTimeout(async () => {
      const state = await look().then(() => "polling" as const, () => "offline" as const);
      if (mine !== timer) return;
      onState?.(state);
      // At its longest pause each look is another try at the stream too.
      if (pause < LONGEST) wait();
      else open();
    }, pause);
    pause = Math.min(pause * 1.5, LONGEST);
  }

  function onVisibility(): void {
    close();
    if (document.hidden) return void (timer = undefined);
    look().catch(() => {});
    open();
  }

  document.addEventListener("visibilitychange", onVisibility);
  if (!document.hidden) open();
  return () => {
    document.removeEventListener("visibilitychange", onVisibility);
    close();
    timer = undefined;
  };
}
