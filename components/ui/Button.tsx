import type { ComponentChildren, JSX } from "preact";

export type ButtonVariant = "primary" | "secondary" | "ghost" | "danger";
export type ButtonSize = "sm" | "md" | "lg";

const VARIANTS: Record<ButtonVariant, string> = {
  primary: "bg-accent text-on-accent border-accent hover:bg-accent-hover hover:border-accent-hover",
  secondary: "bg-raised text-ink border-line-strong hover:border-ink hover:bg-surface",
  ghost: "bg-transparent text-ink border-transparent hover:bg-sunken",
  // Outlined, so that it never competes with the primary button, which is red as well.
  danger: "bg-raised text-danger border-danger hover:bg-danger-soft",
};

// 44 px is the smallest comfortable touch target; `sm` is for dense rows and still 36 px.
const SIZES: Record<ButtonSize, string> = {
  sm: "min-h-9 px-3 py-1 text-sm",
  md: "min-h-11 px-4 py-2 text-base",
  lg: "min-h-13 px-6 py-3 text-lg",
};

const SHAPE =
  "inline-flex items-center justify-center gap-2 rounded-md border font-semibold text-center leading-tight " +
  "no-underline transition-colors disabled:opacity-55 disabled:cursor-not-allowed aria-disabled:opacity-55";

interface Look {
  variant?: ButtonVariant;
  size?: ButtonSize;
  /** Extra classes for placing it (width, margin); not for restyling. */
  class?: string;
  children?: ComponentChildren;
}
type ButtonProps =
  & Look
  & Omit<JSX.IntrinsicElements["button"], keyof Look>
  & Omit<JSX.IntrinsicElements["a"], keyof Look | keyof JSX.IntrinsicElements["button"]>
  & { href?: string };

/** The classes alone, for an island that should not carry the whole table of looks. */
export function buttonLook(
  { variant = "primary", size = "md", class: place = "" }: Omit<Look, "children"> = {},
): string {
  return `${SHAPE} ${VARIANTS[variant]} ${SIZES[size]} ${place}`.trim();
}

/** A `<button>`, or a link that looks like one when it has an `href`. Say `type="submit"` in forms. */
export function Button({ variant, size, class: place, children, ...rest }: ButtonProps) {
  const look = buttonLook({ variant, size, class: place });
  if (rest.href !== undefined) {
    return <a {...rest as JSX.IntrinsicElements["a"]} class={look}>{children}</a>;
  }
  return <button type="button" {...rest as JSX.IntrinsicElements["button"]} class={look}>{children}</button>;
}
