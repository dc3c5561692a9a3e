/**
 * The process that holds streams open, over plain sockets, so that what it costs to hold them is the server's. Takes
 * `{ port, path, tokens }` as its argument, prints a line once every stream has begun, and ends with its standard input,
 * after a line that says how many were left and how many signs of life they heard.
 */
import { connect, type Socket } from "node:net";

const { port, path, tokens } = JSON.parse(await Deno.readTextFile(Deno.args[0])) as {
  port: number;
  path: string;
  tokens: string[];
};

/** Begun at once; the next one waits for one of these to be answered. */
const AT_ONCE = 50;

const open = new Set<Socket>();
let beats = 0;

const begin = (token: string) =>
  new Promise<void>((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let head = "";
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => {
      if (head === "begun") return void (beats += text.split(": still here").length - 1);
      head += text;
      if (!head.includes("\r\n\r\n")) return;
      if (!head.startsWith("HTTP/1.1 200")) return reject(new Error(head.slice(0, 300)));
      if (!head.includes("retry:")) return;
      head = "begun";
      open.add(socket);
      resolve();
    });
    socket.on("close", () => {
      open.delete(socket);
      reject(new Error(`a stream ended: ${head}`));
    });
    socket.on("error", reject);
    socket.write(
      `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${token}\r\n` +
        "accept: text/event-stream\r\n\r\n",
    );
  });

const waiting = tokens.values();
await Promise.all(Array.from({ length: AT_ONCE }, async () => {
  for (const token of waiting) await begin(token);
}));
console.log(JSON.stringify({ open: open.size }));
for await (const _ of Deno.stdin.readable);
console.log(JSON.stringify({ open: open.size, beats }));
Deno.exit(0);
