import { useSignal, useSignalEffect } from "@preact/signals";
import { updateRows } from "../../components/jobs/rows.ts";
import { jobVersion } from "../../components/jobs/view.ts";
import { runClocks } from "../../components/live/elapsed.ts";
import { localTimes } from "../../components/live/local-times.ts";
import { refreshRegion } from "../../components/live/region.ts";
import { followStream } from "../../components/live/stream.ts";

/** Between two refreshes, so that many changes at once are a few. Milliseconds. */
const CALM = 1_000;

/**
 * Keeps a list of work, `#region`, up to date by the stream of all the person's jobs: what changes, and what is new.
 * Entries that did not change stay the elements they are.
 */
export default function FollowList({ region }: { region: string }) {
  const said = useSignal("");

  useSignalEffect(() => {
    localTimes(document);
    const stopClocks = runClocks();
    let refreshing: Promise<void> | undefined;
    let again = false;

    /** Those who ask while one refresh is under way share the next one. */
    function refresh(): Promise<void> {
      if (refreshing) again = true;
      return refreshing ??= run().finally(() => refreshing = undefined);
    }

    async function run(): Promise<void> {
      do {
        again = false;
        const before = document.getElementById(region)?.dataset.version;
        const shown = await refreshRegion(region, updateRows);
        if (shown && shown.dataset.version !== before) said.value = shown.dataset.announce ?? "";
        await new Promise((resolve) => setTimeout(resolve, CALM));
      } while (again);
    }

    const stopFollowing = followStream({
      url: "/api/jobs/events",
      onEvent({ type, data }) {
        const job = type === "job" && JSON.parse(data);
        const row = job && document.querySelector<HTMLElement>(`#${region} [data-row="${job.id}"]`);
        if (row?.dataset.version !== jobVersion(job)) return refresh();
      },
      look: refresh,
    });

    return () => {
      stopFollowing();
      stopClocks();
    };
  });

  return <p role="status" class="sr-only">{said}</p>;
}
