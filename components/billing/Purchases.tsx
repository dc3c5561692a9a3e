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
            <Th class="hidden sm:table-cell">{t.state}</Th>
          </>
        }
      >
        {checkouts.map((checkout) => <Row key={checkout.id} checkout={checkout} locale={locale} />)}
      </Table>
    </Card>
  );
}

/** A phone has room for two columns: the state stands under the pack there. */
function Row({ checkout, locale }: { checkout: Checkout; locale: Locale }) {
  const path = localePath(locale, `/app/billing/success?session_id=${checkout.id}`);
  return (
    <Tr>
      <Td class="hidden text-sm text-muted sm:table-cell">
        <Time at={checkout.created_at} locale={locale} />
      </Td>
      <Td>
        <a href={path} class="prose-link">{formatCredits(checkout.credits, locale)}</a>
        {checkout.kind === "auto" && (
          <span class="block text-sm text-muted">{messages(locale).app.billing.automatic}</span>
        )}
        <div class="sm:hidden">
          <Time at={checkout.created_at} locale={locale} class="mb-1 block text-sm text-muted" />
          <State checkout={checkout} locale={locale} />
        </div>
      </Td>
      <Td numeric>
        <Money cents={checkout.price_cents} locale={locale} />
      </Td>
      <Td class="hidden sm:table-cell">
        <State checkout={checkout} locale={locale} />
      </Td>
    </Tr>
  );
}

function State({ checkout, locale }: { checkout: Checkout; locale: Locale }) {
  const status = statusNow(checkout);
  return (
    <>
      <CheckoutStatus status={status} locale={locale} />
      {status === "open" && checkout.url && (
        <a href={checkout.url} class="prose-link ml-3 text-sm whitespace-nowrap">
          {messages(locale).app.billing.finish}
        </a>
      )}
    </>
  );
}
