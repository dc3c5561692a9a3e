import type { ComponentChildren } from "preact";
import type { Tone } from "./Badge.tsx";
import { Icon, type IconName } from "./Icon.tsx";

const TONES: Record<Tone, { box: string; icon: IconName; mark: string }> = {
  neutral: { box: "border-line-strong bg-raised", icon: "info", mark: "text-muted" },
  info: { box: "border-info bg-info-soft", icon: "info", mark: "text-info" },
  success: { box: "border-success bg-success-soft", icon: "check", mark: "text-success" },
  warning: { box: "border-warning bg-warning-soft", icon: "warning", mark: "text-warning" },
  danger: { box: "border-danger bg-danger-soft", icon: "error", mark: "text-danger" },
};

/**
 * Something to know, with the remedy in it. `role="alert"` for what has just gone wrong, `"status"` for
 * what changes by itself; `focused` puts a form's error summary first after a reload.
 */
export function Notice({ tone = "info", title, children, actions, role, focused, class: place = "" }: {
  tone?: Tone;
  title: string;
  children?: ComponentChildren;
  actions?: ComponentChildren;
  role?: "alert" | "status";
  focused?: boolean;
  class?: string;
}) {
  const look = TONES[tone];
  return (
    <div
      class={`flex gap-3 rounded-md max-sm:flex-wrap border border-l-4 px-4 py-3 outline-none ${look.box} ${place}`}
      role={role}
      tabIndex={focused ? -1 : undefined}
      autofocus={focused}
    >
      <Icon name={look.icon} class={`mt-0.5 ${look.mark}`} />
      <div class="min-w-0 flex-1">
        <p class="font-semibold">{title}</p>
        {children && <div class="prose mt-0.5">{children}</div>}
      </div>
      {actions && <div class="shrink-0 self-center max-sm:basis-full max-sm:pl-8">{actions}</div>}
    </div>
  );
}
