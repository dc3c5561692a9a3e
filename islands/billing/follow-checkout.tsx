import { useSignal, useSignalEffect } from "@preact/signals";
import { refreshRegion } from "../../components/live/region.ts";

/**
 * Waits for Stripe's webhook to settle a purchase, then shows what came of it in `#region`. Pauses grow from
 * one second to ten; after half a minute it says that this takes longer than usual.
 */
export default function FollowCheckout({ checkout, status, region, slow }: {
  checkout: string;
  status: string;
  region: string;
  slow: string;
}) {
  const said = useSignal("");
  const note = useSignal("");

  useSignalEffect(() => {
    let seen = status;
    let pause = 1000;
    const begin = performance.now();
    let timer = setTimeout(look, pause);

    async function look(): Promise<void> {
      let waiting = true;
      try {
        const response = await fetch(`/api/billing/checkout-session/${checkout}`, { cache: "no-store" });
        const now: string = response.ok ? (await response.json()).status : seen;
        if (now !== seen) {
          const shown = await refreshRegion(region);
          seen = now;
          said.value = shown?.dataset.announce ?? "";
          waiting = shown?.dataset.live !== undefined;
        }
      } catch {
        // Offline: the next look finds out.
      }
      note.value = waiting && performance.now() - begin > 30_000 ? slow : "";
      pause = Math.min(pause * 1.4, 10_000);
      if (waiting) timer = setTimeout(look, pause);
    }

    return () => clearTimeout(timer);
  });

  return (
    <>
      <p role="status" class="sr-only">{said}</p>
      {note.value && <p class="mt-4 text-muted">{note}</p>}
    </>
  );
}
