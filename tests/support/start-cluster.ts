// For the test runner: starts the run's Postgres, prints its superuser URL and lives until standard input closes.
import { startTestCluster } from "./cluster.ts";

const cluster = await startTestCluster();
console.log(cluster.adminUrl);
await Deno.stdin.readable.pipeTo(new WritableStream());
await cluster.stop();
