import { useSignalEffect } from "@preact/signals";
import { localTimes } from "../../components/live/local-times.ts";

/** Puts the page's times into the visitor's zone; without it they are in UTC and say so. */
export default function LocalTimes() {
  useSignalEffect(() => localTimes(document));
  return null;
}
