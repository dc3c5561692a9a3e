/** Streams of server-sent events, read as a client would, while the test goes on. */
import { stack } from "./stack.ts";
import { until } from "./until.ts";
import type { Customer } from "./web.ts";

export interface Heard {
  id?: string;
  event?: string;
  // deno-lint-ignore no-explicit-any -- tests look into whatever came, and fail if it is not there
  data?: any;
}

export interface Listener {
  /** Blocks with an id or data; signs of life are none. */
  heard: Heard[];
  /** The last id, as a browser would send it back. */
  lastEventId(): string;
  /** Waits for what was or will be heard. */
  hears(isIt: (heard: Heard) => boolean, what?: string): Promise<Heard>;
  /** Resolves when the server has ended the stream. */
  ended: Promise<void>;
  leave(): void;
}

/** @throws with the status if that is not 200 */
export async function listenTo(
  { token, at }: Pick<Customer, "token" | "at">,
  path: string,
  lastEventId?: string,
): Promise<Listener> {
  const leave = new AbortController();
  const response = await fetch(new URL(path, at ?? (await stack()).web), {
    headers: { authorization: `Bearer ${token}`, ...(lastEventId ? { "last-event-id": lastEventId } : {}) },
    signal: leave.signal,
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`${path} answered ${response.status}`);
  }
  const heard: Heard[] = [];
  const ended = (async () => {
    let text = "";
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const blocks = text.split("\n\n");
      text = blocks.pop()!;
      for (const block of blocks) {
        const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s).slice(0, 2)));
        if (fields.data) fields.data = JSON.parse(fields.data);
        if (fields.id !== undefined || fields.data) heard.push(fields);
      }
    }
  })();
  // Whoever leaves does not wait for the end.
  ended.catch(() => {});
  return {
    heard,
    lastEventId: () => heard.findLast(({ id }) => id !== undefined)!.id!,
    hears: (isIt, what) => until(() => heard.find(isIt), what),
    ended,
    leave: () => leave.abort(),
  };
}
