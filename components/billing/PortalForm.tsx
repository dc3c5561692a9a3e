import type { ComponentChildren } from "preact";
import { type Locale, localePath } from "../../locales/mod.ts";
import { Button, type ButtonSize, type ButtonVariant } from "../ui/Button.tsx";

/** Opens Stripe's page for cards, address and tax id. It leads back to `back`, a page of the studio. */
export function PortalForm({ variant, size, class: place, back, locale, children }: {
  variant?: ButtonVariant;
  size?: ButtonSize;
  class?: string;
  back?: string;
  locale: Locale;
  children: ComponentChildren;
}) {
  return (
    <form method="post" action={localePath(locale, "/app/billing/portal")}>
      {back && <input type="hidden" name="back" value={back} />}
      <Button type="submit" variant={variant} size={size} class={place}>{children}</Button>
    </form>
  );
}
