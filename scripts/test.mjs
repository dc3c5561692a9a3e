import process from "node:process";
import { runDeno, setup } from "./setup.mjs";

setup();
runDeno(["run", "-A", "scripts/run-tests.ts", ...process.argv.slice(2)]);
