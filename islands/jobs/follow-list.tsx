import { useSignal, useSignalEffect } from "@preact/signals";
import { runClocks } from "../../components/live/elapsed.ts";
import { refreshRegion } from "../../components/live/region.ts";

/** Keeps a list of work, `#region`, up to date for as long as something in it is live. */
export default function FollowList({ region }: { region: string }) {
  const said = useSignal("");

  useSignalEffect(() => {
    const stopClocks = runClocks();
    let pause = 1500;
    let timer = setTimeout(look, pause);

    async function look(): Promise<void> {
      let shown = document.getElementById(region);
      if (!document.hidden) {
        const before = shown?.dataset.version;
        try {
          shown = await refreshRegion(region);
          const changed = shown?.dataset.version !== before;
          if (changed) said.value = shown?.dataset.announce ?? "";
          pause = changed ? 1500 : Math.min(pause * 1.3, 8000);
        } catch {
          pause = 8000;
        }
      }
      if (shown?.dataset.live !== undefined) timer = setTimeout(look, pause);
      else stopClocks();
    }

    return () => {
      clearTimeout(timer);
      stopClocks();
    };
  });

  return <p role="status" class="sr-only">{said}</p>;
}
