// Preloaded into every process the supervisor starts. Its standard input is a pipe from the supervisor: when
// that closes, the supervisor is gone (even by kill -9, which runs no handler), and so are we.
void Deno.stdin.readable.pipeTo(new WritableStream()).catch(() => {}).then(() => Deno.exit(0));
