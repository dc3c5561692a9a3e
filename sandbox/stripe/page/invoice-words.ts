/** The words of an invoice's hosted page. */
import type { Language } from "./language.ts";

const en = {
  sandbox: "Sandbox invoice",
  noMoney: "Nobody is charged here.",
  invoice: "Invoice",
  discount: "Discount",
  tax: "Tax",
  reverse: "reverse charge",
  total: "Total",
  balance: "Customer balance",
  due: "Amount due",
  card: "Card",
  visa: "A card that works",
  visaHint: "Visa ending in 4242.",
  failsLater: "A card that works now and fails later",
  failsLaterHint: "Visa ending in 0341.",
  pay: "Pay",
  declined: "Card is declined",
  paidOn: (date: string) => `Paid on ${date}.`,
  notPayable: "This invoice does not have to be paid any more.",
  declineTitle: "Your card was declined.",
  declineText: "The invoice stays open. Try another card.",
  missingTitle: "There is no such invoice",
  missingText: "The address is wrong, or the sandbox has been reset since.",
  unclearTitle: "That is not a way a payment can end",
  unclearText: "Choose one of the buttons.",
};

export type InvoiceWords = typeof en;

const pl: InvoiceWords = {
  sandbox: "Faktura próbna",
  noMoney: "Nikt tu niczego nie płaci.",
  invoice: "Faktura",
  discount: "Rabat",
  tax: "Podatek",
  reverse: "odwrotne obciążenie",
  total: "Razem",
  balance: "Saldo klienta",
  due: "Do zapłaty",
  card: "Karta",
  visa: "Karta, która działa",
  visaHint: "Visa z końcówką 4242.",
  failsLater: "Karta, która działa teraz, a potem zawodzi",
  failsLaterHint: "Visa z końcówką 0341.",
  pay: "Zapłać",
  declined: "Karta odrzucona",
  paidOn: (date) => `Zapłacono ${date}.`,
  notPayable: "Tej faktury nie trzeba już opłacać.",
  declineTitle: "Twoja karta została odrzucona.",
  declineText: "Faktura pozostaje otwarta. Spróbuj innej karty.",
  missingTitle: "Nie ma takiej faktury",
  missingText: "Adres jest błędny albo piaskownicę od tego czasu wyczyszczono.",
  unclearTitle: "Tak płatność skończyć się nie może",
  unclearText: "Wybierz jeden z przycisków.",
};

export const invoiceWords: Record<Language, InvoiceWords> = { en, pl };
