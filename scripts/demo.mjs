import { runDeno, setup } from "./setup.mjs";

setup();
runDeno(["run", "-A", "scripts/demo.ts"]);
