import type { CataloguePrice } from "../../domain/ops/read-billing.ts";
import { fill, formatMoney, type Locale, messages } from "../../locales/mod.ts";
import { Badge } from "../ui/Badge.tsx";
import { Card } from "../ui/Card.tsx";
import { Notice } from "../ui/Notice.tsx";
import { Table, Td, Th, Tr } from "../ui/Table.tsx";
import { Time } from "../ui/Time.tsx";
import { Mono } from "./Facts.tsx";

/** Which prices Stripe knows. Whoever is on a version that it does not know gets events that fail. */
export function CataloguePrices({ prices, livemode, locale }: {
  prices: CataloguePrice[];
  livemode: boolean;
  locale: Locale;
}) {
  const { admin: { billing: { prices: t } } } = messages(locale);
  const missing = prices.some(({ stripe_id, on_sale }) => on_sale && stripe_id === null);
  return (
    <Card title={t.title} actions={<Badge>{livemode ? t.live : t.test}</Badge>} padded={false}>
      {missing && (
        <div class="px-4 pt-4 sm:px-6">
          <Notice tone="danger" title={t.missingTitle}>{t.missingText}</Notice>
        </div>
      )}
      <Table
        caption={t.caption}
        head={
          <>
            <Th>{t.price}</Th>
            <Th>{t.state}</Th>
            <Th class="hidden sm:table-cell">{t.stripe}</Th>
          </>
        }
      >
        {prices.map((price) => (
          <Row key={`${price.plan} ${price.cycle} ${price.version}`} price={price} locale={locale} />
        ))}
      </Table>
    </Card>
  );
}

function Row({ price, locale }: { price: CataloguePrice; locale: Locale }) {
  const { admin: { billing: { prices: t } } } = messages(locale);
  const { plan, cycle, version, price_cents, on_sale, stripe_id, synced_at } = price;
  return (
    <Tr>
      <Td header>
        <span class="capitalize">{plan}</span>, {formatMoney(price_cents, locale)} {t.cycles[cycle]}
        <span class="block text-sm font-normal text-muted">{fill(t.version, { n: version })}</span>
        {stripe_id && <Mono class="block font-normal text-muted sm:hidden">{stripe_id}</Mono>}
      </Td>
      <Td>
        {stripe_id
          ? on_sale ? <Badge tone="success">{t.synced}</Badge> : <Badge>{t.past}</Badge>
          : <Badge tone={on_sale ? "danger" : "neutral"}>{t.missing}</Badge>}
        {synced_at && <Time at={synced_at} locale={locale} class="mt-1 block text-sm text-muted" />}
      </Td>
      <Td class="hidden sm:table-cell">{stripe_id ? <Mono>{stripe_id}</Mono> : "–"}</Td>
    </Tr>
  );
}
