import { connect, type Socket } from "node:net";

/** What postgres.js hands to a maker of sockets, as far as it is needed here. */
interface Address {
  host: string[];
  port: number[];
  /** Of a Unix socket. */
  path?: string | false;
}

/**
 * A socket whose end postgres.js (3.4.9) survives. Node tells of a reset as `error`, and of the `close` a turn of the event
 * loop later. What is asked in between goes to the dead connection and is never answered; worse, after reconnecting the
 * answers to others are taken for its own. And when the server hangs up while a connection is being opened, its first query
 * waits for ever. So the two are told as one, always: whoever waits hears of it, and the connection is over.
 * `tests/integration/platform-statements.test.ts` fails without it. Not over TLS, where postgres.js wraps the socket anew.
 */
export function openSocket({ host: [host], port: [port], path }: Address): Socket {
  const socket = path ? connect({ path }) : connect({ host, port, noDelay: true });
  const tell = socket.emit.bind(socket) as (event: string, ...rest: unknown[]) => boolean;
  socket.emit = (event: string, ...rest: unknown[]) => {
    if (event === "close" && socket.listenerCount("error") > 0) tell("error", lost());
    const heard = tell(event, ...rest);
    if (event === "error") tell("close", true);
    return heard;
  };
  return socket;
}

const lost = () => Object.assign(new Error("The connection to Postgres was closed."), { code: "CONNECTION_CLOSED" });
