/** Where a text stands in the page, finished or not; island and server find it by this. */
export const TEXT_ID = "job-text";

/** Marks the button that copies it. */
export const COPY_ATTRIBUTE = "data-copy";
