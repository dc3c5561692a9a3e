/**
 * A proxy before Postgres that can keep a statement from reaching it, or the answer from coming back. What follows on the
 * same connection waits behind it, as on a network that has stopped.
 */
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { type HeldPoint, type Hold, newHold, type When } from "./holds.ts";
import { join, messages, strings } from "./postgres-proxy.ts";

export interface StatementHolds {
  port: number;
  /** Holds the statements whose text matches. One hold at a time. */
  hold(text: RegExp, when: When): Hold;
  close(): Promise<void>;
}

type Match = { text: RegExp; when: When; point: HeldPoint };

export async function startStatementHolds(port: number): Promise<StatementHolds> {
  const sockets = new Set<Socket>();
  let current: Match | null = null;
  const server = createServer((client) => {
    const upstream = connect(port, "127.0.0.1");
    const pair = [client, upstream];
    for (const socket of pair) {
      sockets.add(socket.setNoDelay(true));
      socket.on("error", () => {}).on("close", () => {
        sockets.delete(socket);
        for (const end of pair) end.destroy();
      });
    }
    relay(client, upstream, (text) => current?.point.closed() && current.text.test(text) ? current : null);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    port: (server.address() as AddressInfo).port,
    hold(text, when) {
      current?.point.drop();
      current = { text, when, point: newHold() };
      return current.point;
    },
    async close() {
      current?.point.drop();
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function relay(client: Socket, upstream: Socket, find: (text: string) => Match | null): void {
  const statements = new Map<string, string>();
  let [unit, text, executes]: [Uint8Array[], string, boolean] = [[], "", false];
  /** What waits on the way there, and on the way back; null while that way is free. */
  let [there, back]: [Uint8Array[] | null, Uint8Array[] | null] = [null, null];

  function stop({ when, point }: Match): void {
    const waiting: Uint8Array[] = [];
    if (when === "before") there = waiting;
    else back = waiting;
    void point.wait().then((goesOn) => {
      if (!goesOn) return void client.destroy();
      if (when === "before") there = null;
      else back = null;
      (when === "before" ? upstream : client).write(join(waiting));
    });
  }

  client.on(
    "data",
    messages(true, (type, body, bytes) => {
      unit.push(bytes);
      if (type === "P") {
        const [name, query] = strings(body);
        statements.set(name, query);
        text = query;
      }
      if (type === "B") text = statements.get(strings(body)[1]) ?? "";
      if (type === "Q") text = strings(body)[0];
      executes ||= type === "E" || type === "Q";
      const ends = type === "Q" || type === "S";
      if (!ends && !["", "p", "H", "X"].includes(type)) return;
      const match = ends && executes ? find(text) : null;
      if (match) {
        // Those behind the first one are at this point as well.
        if (there === null && back === null) stop(match);
        else void match.point.wait();
      }
      if (ends) [text, executes] = ["", false];
      const whole = join(unit);
      unit = [];
      if (there) there.push(whole);
      else upstream.write(whole);
    }),
  );
  upstream.on("data", (chunk: Uint8Array) => void (back ? back.push(chunk) : client.write(chunk)));
}
