/**
 * A Stripe stand-in in a process of its own, to be killed. Takes the path of its state and the webhook's address,
 * pays one session, prints its id and waits. Nothing is delivered in its lifetime: the first delivery is delayed.
 */
import { pack, startStripe } from "./stripe-stand-in.ts";

const [path, webhookUrl] = Deno.args;
const stripe = startStripe({ path, webhookUrl });
stripe.faults.set("stripe", { delay_ms: 60_000 });
const session = await stripe.client().checkout.sessions.create(pack, { idempotencyKey: "before-the-kill" });
await stripe.press(session.url!, "paid");
console.log(session.id);
