/**
 * A Replicate stand-in in a process of its own, to be killed. Takes the path of its state, a port and the webhook's
 * address; starts one prediction that will end soon and one that never does, prints their ids and waits.
 */
import { startReplicate } from "./replicate-stand-in.ts";

const [path, port, webhook] = Deno.args;
const replicate = startReplicate({ path, port: Number(port), speed: 1 });
const ids: string[] = [];
for (const prompt of ["a kite [slow:3]", "a harbour [hang]"]) {
  const { id } = await replicate.client().predictions.create({
    model: "bytedance/seedream-4",
    input: { prompt },
    webhook,
    webhook_events_filter: ["completed"],
  });
  ids.push(id);
}
console.log(ids.join(" "));
