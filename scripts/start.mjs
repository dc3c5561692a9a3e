import process from "node:process";
import { runDeno, setup } from "./setup.mjs";

setup();
runDeno(["run", "-A", "sandbox/start.ts", ...process.argv.slice(2).filter((argument) => argument !== "--")]);
