import type { Checkout } from "../../domain/billing/read-checkout.ts";
import { formatCredits, type Locale, localePath, messages } from "../../locales/mod.ts";
import { Card } from "../ui/Card.tsx";
import { Money } from "../ui/Money.tsx";
import { Table, Td, Th, Tr } from "../ui/Table.tsx";
import { Time } from "../ui/Time.tsx";
import { CheckoutStatus, statusNow } from "./CheckoutStatus.tsx";

/** What was bought, or nearly. An open payment can be finished from here. */
export function Purchases({ checkouts, locale }: { checkouts: Checkout[]; locale: Locale }) {
  const { app: { billing: t } } = messages(locale);
  return (
    <Card title={t.purchases} padded={false}>
      <Table
        caption={t.purchasesCaption}
        head={
          <>
            <Th class="hidden sm:table-cell">{t.when}</Th>
            <Th>{t.packColumn}</Th>
            <Th numeric>{t.price}</Th>
            <Th>{t.state}</Th>
          </>
        }
      >
        {checkouts.map((checkout) => <Row key={checkout.id} checkout={checkout} locale={locale} />)}
      </Table>
    </Card>
  );
}

function Row({ checkout, locale }: { checkout: Checkout; locale: Locale }) {
  const { app: { billing: t } } = messages(locale);
  const status = statusNow(checkout);
  return (
    <Tr>
      <Td class="hidden text-sm text-muted sm:table-cell">
        <Time at={checkout.created_at} locale={locale} />
      </Td>
      <Td>
        <a href={localePath(locale, `/app/billing/success?session_id=${checkout.id}`)} class="prose-link">
          {formatCredits(checkout.credits, locale)}
        </a>
        <Time at={checkout.created_at} locale={locale} class="block text-sm text-muted sm:hidden" />
      </Td>
      <Td numeric>
        <Money cents={checkout.price_cents} locale={locale} />
      </Td>
      <Td>
        <CheckoutStatus status={status} locale={locale} />
        {status === "open" && checkout.url && (
          <a href={checkout.url} class="prose-link ml-3 text-sm whitespace-nowrap">{t.finish}</a>
        )}
      </Td>
    </Tr>
  );
}
