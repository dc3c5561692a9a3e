import type { ComponentChildren } from "preact";

export type Tone = "neutral" | "info" | "success" | "warning" | "danger";

const TONES: Record<Tone, string> = {
  neutral: "bg-raised text-ink inset-ring-1 inset-ring-line-strong",
  info: "bg-info-soft text-info",
  success: "bg-success-soft text-success",
  warning: "bg-warning-soft text-warning",
  danger: "bg-danger-soft text-danger",
};

export function Badge(
  { tone = "neutral", children, class: place = "" }: { tone?: Tone; children: ComponentChildren; class?: string },
) {
  return (
    <span
      class={`inline-flex items-center gap-1.5 rounded-sm px-2 py-0.5 text-sm font-semibold whitespace-nowrap ${
        TONES[tone]
      } ${place}`}
    >
      {children}
    </span>
  );
}
