import type { Plural } from "../text.ts";

/** What is said of a video and of a text where a picture has words of its own. */
export const kinds = {
  names: { image: "Picture", video: "Video", text: "Text", training: "Training" },
  /** Beside a model that may be chosen. */
  perOne: {
    image: { one: "{n} credit a picture", other: "{n} credits a picture" } as Plural,
    video: { one: "{n} credit a video", other: "{n} credits a video" } as Plural,
    text: { one: "{n} credit a text", other: "{n} credits a text" } as Plural,
  },
  /** What was made; pictures are counted in many more places, and so among the units. */
  made: {
    video: { one: "{n} video", other: "{n} videos" } as Plural,
    text: { one: "{n} text", other: "{n} texts" } as Plural,
  },
  does: { video: "one video of {seconds} seconds", text: "one text, shown while it is written" },
  seconds: { one: "{n} second", other: "{n} seconds" } as Plural,
  duration: "Length in seconds",
  length: "Longest answer",
  words: "about {n} words",
  video: {
    runningText:
      "The model is filming, which takes minutes. You can leave this page; the video will be in your history.",
    noScript: "This page reloads itself every few seconds until the video is ready.",
    another: "New video",
    queued: "Your video is in the queue.",
    running: "Your video is being made.",
    succeeded: "Your video is ready.",
    failed: "This video could not be made. Nothing was charged.",
    player: "Video for the prompt: {prompt}",
    length: "Length",
  },
  text: {
    runningText: "The model is writing. You can leave this page; the text will be in your history.",
    noScript: "This page reloads itself every few seconds until the text is ready.",
    another: "New text",
    queued: "Your text is in the queue.",
    running: "Your text is being written.",
    succeeded: "Your text is ready.",
    failed: "This text could not be written. Nothing was charged.",
    waiting: "The first words appear here.",
    heading: "The text",
    copy: "Copy",
    copied: "Copied",
    missing: "The text cannot be shown at the moment. Load the page again, or download it.",
  },
};
