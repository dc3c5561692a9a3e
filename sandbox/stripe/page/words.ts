/** The hosted page's words. Stripe's page speaks many languages; the sandbox's those of Kredo. */
import type { Session } from "../account.ts";

const en = {
  lang: "en",
  sandbox: "Sandbox checkout",
  noMoney: "Nobody is charged here.",
  choose: "Choose how the payment should end.",
  title: "Checkout",
  summary: "Your order",
  quantity: "Quantity",
  total: "Total due",
  pay: "Pay",
  email: "E-mail for the receipt",
  endings: "Or let it end another way",
  declined: "Card is declined",
  declinedHint: "The page comes back with the reason; another try is possible.",
  asyncPaid: "Pays later, and the money arrives",
  asyncPaidHint: "A delayed method: completed first, paid a moment afterwards.",
  asyncFailed: "Pays later, and the money never arrives",
  asyncFailedHint: "A delayed method that fails a moment afterwards.",
  back: "Back without paying",
  declineTitle: "Your card was declined.",
  declineText: "Nothing was charged. Try again, or use another card.",
  completeTitle: "This order is complete",
  completeText: "There is nothing left to pay here.",
  onward: "Continue",
  expiredTitle: "This checkout has expired",
  expiredText: "Nothing was charged. Start again from where you came.",
  missingTitle: "There is no such checkout",
  missingText: "The address is wrong, or the sandbox has been reset since.",
  unclearTitle: "That is not a way a payment can end",
  unclearText: "Choose one of the buttons.",
};

type Words = typeof en;

const pl: Words = {
  lang: "pl",
  sandbox: "Płatność próbna",
  noMoney: "Nikt tu niczego nie płaci.",
  choose: "Wybierz, jak płatność ma się skończyć.",
  title: "Płatność",
  summary: "Twoje zamówienie",
  quantity: "Liczba",
  total: "Do zapłaty",
  pay: "Zapłać",
  email: "E-mail do potwierdzenia",
  endings: "Albo niech skończy się inaczej",
  declined: "Karta odrzucona",
  declinedHint: "Strona wróci z powodem; można spróbować ponownie.",
  asyncPaid: "Zapłata później, pieniądze przychodzą",
  asyncPaidHint: "Metoda opóźniona: najpierw zakończenie, chwilę potem zapłata.",
  asyncFailed: "Zapłata później, pieniądze nie przychodzą",
  asyncFailedHint: "Metoda opóźniona, która chwilę potem zawodzi.",
  back: "Wróć bez płacenia",
  declineTitle: "Twoja karta została odrzucona.",
  declineText: "Nic nie pobrano. Spróbuj ponownie albo użyj innej karty.",
  completeTitle: "To zamówienie jest zakończone",
  completeText: "Nie ma tu już nic do zapłaty.",
  onward: "Dalej",
  expiredTitle: "Ta płatność wygasła",
  expiredText: "Nic nie pobrano. Zacznij od nowa tam, skąd przychodzisz.",
  missingTitle: "Nie ma takiej płatności",
  missingText: "Adres jest błędny albo piaskownicę od tego czasu wyczyszczono.",
  unclearTitle: "Tak płatność skończyć się nie może",
  unclearText: "Wybierz jeden z przycisków.",
};

/** The session's language; the browser's where the session leaves it open. */
export function wordsFor(locale: Session["locale"] | undefined, request: Request): Words {
  const asked = !locale || locale === "auto" ? request.headers.get("accept-language") ?? "" : locale;
  return /^pl\b/i.test(asked) ? pl : en;
}

export type { Words };
