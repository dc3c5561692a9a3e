import type { AdjustmentPreview } from "../../domain/ops/preview-adjustment.ts";
import { fill, formatCredits, formatNumber, type Locale, messages, plural } from "../../locales/mod.ts";
import { Notice } from "../ui/Notice.tsx";
import { Table, Td, Th, Tr } from "../ui/Table.tsx";

/** The account before and after a correction; or by how much it falls short. */
export function EffectTable({ preview, locale }: { preview: AdjustmentPreview; locale: Locale }) {
  const t = messages(locale).admin.adjustments.effect;
  const { available, available_after, debt, debt_after, missing } = preview;
  if (missing > 0) {
    return (
      <Notice tone="warning" title={plural(t.missing, missing, locale)}>
        {fill(t.missingText, { available: formatCredits(available, locale) })}
      </Notice>
    );
  }
  const rows = [[t.available, available, available_after], ...(debt > 0 ? [[t.debt, debt, debt_after]] : [])] as const;
  return (
    <Table
      caption={t.title}
      head={
        <>
          <Th>
            <span class="sr-only">{t.account}</span>
          </Th>
          <Th numeric>{t.now}</Th>
          <Th numeric>{t.then}</Th>
        </>
      }
    >
      {rows.map(([name, now, then]) => (
        <Tr key={name}>
          <Td header>{name}</Td>
          <Td numeric>{formatNumber(Number(now), locale)}</Td>
          <Td numeric class="font-bold">{formatNumber(Number(then), locale)}</Td>
        </Tr>
      ))}
    </Table>
  );
}
