// Runs the module named by the first argument, for as long as the supervisor lives. Standard input is a pipe from
// there: when it closes, the supervisor is gone (even by kill -9, which runs no handler), and so are we.
// `--preload` cannot do this: it waits for the pipe to end before it starts the module.
import process from "node:process";
import { pathToFileURL } from "node:url";

const [module] = process.argv.splice(2, 1);
process.argv[1] = module;
void Deno.stdin.readable.pipeTo(new WritableStream()).catch(() => {}).then(() => Deno.exit(0));
await import(pathToFileURL(module).href);
