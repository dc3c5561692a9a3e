/**
 * A TCP proxy before Postgres that can lose a connection at the worst moments. It reads just enough of the protocol to
 * know when a client has sent something that commits, and when the server has answered it.
 * https://www.postgresql.org/docs/17/protocol-message-formats.html
 */
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/**
 * Of what commits: `before` it reaches the server; `after` the server did it, while the client still waits; `meanwhile`:
 * sent, and nobody knows. `between` is anywhere else.
 */
export type Cut = "before" | "after" | "meanwhile" | "between";

export interface PostgresProxy {
  port: number;
  /** Connections that were cut, by where. */
  cuts: Record<Cut, number>;
  /** From now on it only passes on. */
  calm(): void;
  close(): Promise<void>;
}

/** @param choose where to cut, if at all, what a client sends now: something that commits, or not. */
export async function startPostgresProxy(
  { port, choose }: { port: number; choose(commits: boolean): Cut | null },
): Promise<PostgresProxy> {
  const cuts = { before: 0, after: 0, meanwhile: 0, between: 0 };
  const sockets = new Set<Socket>();
  let calm = false;
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
    relay(client, upstream, (commits) => {
      const cut = calm ? null : choose(commits);
      if (cut) cuts[cut]++;
      return cut;
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    port: (server.address() as AddressInfo).port,
    cuts,
    calm: () => void (calm = true),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** Messages that ask for no more than to be read: the first one, a password, a flush, the end. */
const PASSED_ON = ["", "p", "H", "X"];

function relay(client: Socket, upstream: Socket, choose: (commits: boolean) => Cut | null): void {
  const statements = new Map<string, string>();
  /** What the client has sent since the server last had to answer, and what it says. */
  let [unit, text, executes]: [Uint8Array[], string, boolean] = [[], "", false];
  let inTransaction = false;
  let awaited = 0;
  let lastOne = false;

  const fromClient = messages(true, (type, body, bytes) => {
    if (lastOne) return;
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
    if (!ends && !PASSED_ON.includes(type)) return;

    const whole = join(unit);
    unit = [];
    if (!ends) return void upstream.write(whole);
    const cut = choose(executes && (/^commit\b/i.test(text) || (!inTransaction && /\bprivate\./.test(text))));
    [text, executes] = ["", false];
    awaited++;
    if (cut === "before") return void client.destroy();
    if (cut === "between") return void upstream.write(whole.subarray(0, whole.length >> 1), () => client.destroy());
    if (cut === "after") lastOne = true;
    upstream.write(whole, cut === "meanwhile" ? () => client.destroy() : undefined);
  });
  const fromServer = messages(false, (type, body) => {
    if (type !== "Z") return;
    inTransaction = body[0] !== "I".charCodeAt(0);
    awaited = Math.max(0, awaited - 1);
    // The server says that it is ready for the next: what it was asked is done.
    if (lastOne && awaited === 0) client.destroy();
  });

  client.on("data", fromClient);
  upstream.on("data", (chunk: Uint8Array) => {
    if (!lastOne) client.write(chunk);
    fromServer(chunk);
  });
}

/** Takes a stream apart: a type of one byte (none in a client's first message), a length that counts itself, a body. */
export function messages(first: boolean, take: (type: string, body: Uint8Array, whole: Uint8Array) => void) {
  let rest: Uint8Array = new Uint8Array();
  return (chunk: Uint8Array) => {
    rest = join([rest, chunk]);
    for (;;) {
      const head = first ? 0 : 1;
      if (rest.length < head + 4) return;
      const length = head + new DataView(rest.buffer, rest.byteOffset).getInt32(head);
      if (rest.length < length) return;
      const whole = rest.subarray(0, length);
      rest = rest.subarray(length);
      const type = first ? "" : String.fromCharCode(whole[0]);
      first = false;
      take(type, whole.subarray(head + 4), whole);
    }
  };
}

export function join(parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const strings = (body: Uint8Array) => new TextDecoder().decode(body).split("\0");
