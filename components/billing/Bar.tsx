import type { Tone } from "../ui/Badge.tsx";

const FILLS: Record<Tone, string> = {
  neutral: "fill-muted",
  info: "fill-info",
  success: "fill-success",
  warning: "fill-warning",
  danger: "fill-danger",
};

/** How much of something is used. Drawn, because the content policy forbids a style with a width; the words say it too. */
export function Bar({ used, limit, tone }: { used: number; limit: number; tone: Tone }) {
  const part = limit > 0 ? Math.min(100, used / limit * 100) : 100;
  return (
    <svg viewBox="0 0 100 8" preserveAspectRatio="none" class="h-2.5 w-full rounded-sm" aria-hidden="true">
      <rect width="100" height="8" class="fill-sunken" />
      <rect width={part} height="8" class={FILLS[tone]} />
    </svg>
  );
}
