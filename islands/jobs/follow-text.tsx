import { useSignal, useSignalEffect } from "@preact/signals";
import { COPY_ATTRIBUTE, TEXT_ID } from "../../components/jobs/text.ts";

/**
 * Writes the words of a text into the page as the model sends them, and copies the text at a press of the button. The
 * finished text comes with the page itself; where the stream fails, that is all there is.
 */
export default function FollowText({ job, region, live, copied }: {
  job: string;
  /** What is replaced when the job changes; the words that are there are written anew then. */
  region: string;
  live: boolean;
  copied: string;
}) {
  const said = useSignal("");

  useSignalEffect(() => {
    const copy = (event: MouseEvent) => {
      const button = (event.target as Element).closest(`[${COPY_ATTRIBUTE}]`);
      const sheet = document.getElementById(TEXT_ID);
      if (!button || !sheet) return;
      navigator.clipboard.writeText(sheet.textContent!).then(() => {
        said.value = copied;
        button.querySelector("span")!.textContent = copied;
        // Where the browser does not allow it, one key press is left to do.
      }, () => getSelection()?.selectAllChildren(sheet));
    };
    document.addEventListener("click", copy);
    const stop = live ? listen() : () => {};
    return () => {
      document.removeEventListener("click", copy);
      stop();
    };
  });

  function listen(): () => void {
    let text = "";
    const stream = new EventSource(`/api/jobs/${job}/tokens`);
    const write = () => {
      const sheet = document.getElementById(TEXT_ID);
      if (sheet?.dataset.streaming === undefined) return;
      const shown = sheet.textContent!;
      // Appended, so that a screen reader hears what is new.
      if (text.startsWith(shown)) sheet.append(text.slice(shown.length));
      else sheet.textContent = text;
    };
    const replaced = new MutationObserver(write);
    replaced.observe(document.getElementById(region)!.parentElement!, { childList: true });
    stream.addEventListener("start", () => {
      text = "";
      write();
    });
    stream.addEventListener("token", ({ data }: MessageEvent<string>) => {
      text += JSON.parse(data);
      write();
    });
    stream.addEventListener("end", () => stream.close());
    return () => {
      stream.close();
      replaced.disconnect();
    };
  }

  return <p role="status" class="sr-only">{said}</p>;
}
