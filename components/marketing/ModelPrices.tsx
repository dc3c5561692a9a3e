import { formatCredits, formatNumber, type Locale, messages } from "../../locales/mod.ts";
import { Badge } from "../ui/Badge.tsx";
import { Credits } from "../ui/Credits.tsx";
import { Table, Td, Th, Tr } from "../ui/Table.tsx";
import type { Pack } from "../../domain/billing/list-packs.ts";
import type { OfferedModel } from "../../domain/catalogue/read-offer.ts";

/** Every model and its price. With `packs`, also how many outputs each pack makes. */
export function ModelPrices(
  { models, packs = [], locale }: { models: OfferedModel[]; packs?: Pack[]; locale: Locale },
) {
  const t = messages(locale).marketing.models;
  return (
    <div class="overflow-hidden rounded-md border border-line-strong bg-raised">
      <Table
        caption={t.title}
        head={
          <>
            <Th>{t.model}</Th>
            <Th class="hidden sm:table-cell">{t.kind}</Th>
            <Th numeric class={packs.length ? "hidden sm:table-cell" : ""}>{t.price}</Th>
            {packs.map((pack) => (
              <Th key={pack.id} numeric>
                <span class="hidden sm:inline">{formatCredits(pack.credits, locale)}</span>
                <span class="sm:hidden">{formatNumber(pack.credits, locale)}</span>
              </Th>
            ))}
          </>
        }
      >
        {models.map((model) => (
          <Tr key={model.slug}>
            <Td header>
              <span class="mr-2">{model.name}</span>
              {packs.length > 0 && (
                <span class="block text-sm font-normal text-muted sm:hidden">
                  <Credits amount={model.credits} locale={locale} />
                </span>
              )}
              {!model.runnable && <Badge>{t.soon}</Badge>}
            </Td>
            <Td class="hidden text-muted sm:table-cell">{t.kinds[model.kind]}</Td>
            <Td numeric class={packs.length ? "hidden sm:table-cell" : ""}>
              <Credits amount={model.credits} locale={locale} />
            </Td>
            {packs.map((pack) => (
              <Td key={pack.id} numeric>{formatNumber(Math.floor(pack.credits / model.credits), locale)}</Td>
            ))}
          </Tr>
        ))}
      </Table>
    </div>
  );
}
