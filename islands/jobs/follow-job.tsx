import { useSignal, useSignalEffect } from "@preact/signals";
import { jobVersion } from "../../components/jobs/view.ts";
import { runClocks } from "../../components/live/elapsed.ts";
import { refreshRegion } from "../../components/live/region.ts";
import { followStream } from "../../components/live/stream.ts";

interface Texts {
  polling: string;
  offline: string;
}

/**
 * Keeps the job's part of the page, `#region`, as the job is. It listens to the server's event stream and,
 * where that drops, asks. Renders what a screen reader should hear and a note about the connection.
 */
export default function FollowJob({ job, region, texts }: { job: string; region: string; texts: Texts }) {
  const said = useSignal("");
  const note = useSignal("");

  useSignalEffect(() => {
    let ended = false;
    const stopClocks = runClocks();

    // One after the other: two answers that overtake each other would end on the older one.
    let last = Promise.resolve();
    const follow = (version: string) => last = last.catch(() => {}).then(() => show(version));

    async function show(version: string): Promise<void> {
      const before = document.getElementById(region)?.dataset.version;
      if (ended || version === before) return;
      const shown = await refreshRegion(region);
      if (shown && shown.dataset.version !== before) said.value = shown.dataset.announce ?? "";
      if (!shown || shown.dataset.live === undefined) stop();
    }

    const stopFollowing = followStream({
      url: `/api/jobs/${job}/events`,
      onEvent: ({ data }) => follow(jobVersion(JSON.parse(data))),
      look: async () => follow(await currentVersion(job)),
      onState: (state) => note.value = ended || state === "live" ? "" : texts[state],
    });

    function stop(): void {
      ended = true;
      stopFollowing();
      stopClocks();
      note.value = "";
    }
    return stop;
  });

  return (
    <>
      <p role="status" class="sr-only">{said}</p>
      {note.value && <p class="mt-3 text-sm text-muted">{note}</p>}
    </>
  );
}

async function currentVersion(job: string): Promise<string> {
  const response = await fetch(`/api/jobs/${job}`);
  // The session has ended: the page itself knows where to go.
  if (response.status === 401) location.reload();
  if (!response.ok) throw new Error();
  return jobVersion(await response.json());
}
