import { useSignal, useSignalEffect } from "@preact/signals";
import { jobVersion } from "../../components/jobs/view.ts";
import { runClocks } from "../../components/live/elapsed.ts";
import { refreshRegion } from "../../components/live/region.ts";

interface Texts {
  polling: string;
  offline: string;
}

/**
 * Keeps the job's part of the page, `#region`, as the job is. It listens to the server's event stream and,
 * where that drops, asks again and again with growing pauses. Renders what a screen reader should hear and a
 * note about the connection.
 */
export default function FollowJob({ job, region, texts }: { job: string; region: string; texts: Texts }) {
  const said = useSignal("");
  const note = useSignal("");

  useSignalEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let pause = 1000;
    let ended = false;
    const stopClocks = runClocks();
    const stream = new EventSource(`/api/jobs/${job}/events`);

    // One after the other: two answers that overtake each other would end on the older one.
    let last = Promise.resolve();
    const follow = (version: string) => last = last.catch(() => {}).then(() => show(version));

    async function show(version: string): Promise<void> {
      const before = document.getElementById(region)?.dataset.version;
      if (ended || version === before) return;
      const shown = await refreshRegion(region);
      if (shown && shown.dataset.version !== before) {
        pause = 1000;
        said.value = shown.dataset.announce ?? "";
      }
      if (!shown || shown.dataset.live === undefined) stop();
    }

    function stop(): void {
      ended = true;
      stream.close();
      stopClocks();
      clearTimeout(timer);
      note.value = "";
    }

    function poll(): void {
      clearTimeout(timer);
      if (ended) return;
      timer = setTimeout(async () => {
        try {
          await follow(await currentVersion(job));
          if (!ended) note.value = texts.polling;
        } catch {
          note.value = texts.offline;
        }
        poll();
      }, pause);
      pause = Math.min(pause * 1.5, 8000);
    }

    const onJob = (event: MessageEvent<string>) => follow(jobVersion(JSON.parse(event.data))).catch(poll);
    stream.addEventListener("job", onJob);
    stream.onmessage = onJob;
    stream.onerror = () => {
      stream.close();
      poll();
    };
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
  if (!response.ok) throw new Error(`${response.status}`);
  return jobVersion(await response.json());
}
