import process from "node:process";
import { runDeno, setup } from "./setup.mjs";

setup();
const options = process.argv.slice(2).filter((argument) => argument !== "--");
runDeno(["run", "-A", "sandbox/start.ts", "--leashed", ...options], { leashed: true });
