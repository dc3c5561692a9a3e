import type * as english from "../en/billing.ts";

export const billing: typeof english.billing = {
  title: "Płatności",
  packs: "Pakiety kredytów",
  lead: "Kupione kredyty nie tracą ważności. Płacisz na stronie Stripe; my nie widzimy Twojej karty.",
  each: "{price} za kredyt",
  save: "{percent}% taniej",
  makes: "Wystarczy na: {pictures}",
  buy: "Kup za {price}",
  test: "Piaskownica: żadne pieniądze się nie ruszą. Strona płatności jest atrapą.",
  problem: "Nie udało się otworzyć strony płatności",
  purchases: "Zakupy",
  purchasesCaption: "Zakupy od najnowszych",
  when: "Kiedy",
  packColumn: "Pakiet",
  price: "Cena",
  state: "Stan",
  finish: "Dokończ płatność",
  automatic: "automatyczne doładowanie",
  states: {
    creating: "Nierozpoczęty",
    open: "Nieopłacony",
    processing: "Czeka na bank",
    paid: "Zaksięgowany",
    failed: "Płatność nieudana",
    expired: "Wygasł",
  },
  none: "Nie masz jeszcze żadnych zakupów.",
};

export const checkout: typeof english.checkout = {
  waiting: {
    title: "Czekamy na Stripe",
    text: "Gdy tylko Stripe potwierdzi nam płatność, dopiszemy do salda: {credits}. Zwykle trwa to kilka sekund.",
    note: "Możesz opuścić tę stronę. Kredyty przyjdą i bez niej.",
    unpaid: "Płatność jeszcze przed Tobą?",
    back: "Wróć na stronę płatności",
    slow:
      "Trwa to dłużej niż zwykle. Nic nie przepadło: kredyty przyjdą po potwierdzeniu od Stripe, nawet gdy zamkniesz tę stronę.",
  },
  processing: {
    title: "Bank potrzebuje trochę więcej czasu",
    text:
      "Przy tym sposobie płatności bank może potrzebować nawet kilku dni. Gdy potwierdzi pieniądze, sami dopiszemy do salda: {credits}.",
    note: "Nie musisz nic więcej robić. Zobaczysz to wśród swoich zakupów.",
  },
  paid: {
    title: {
      one: "Dopisano {n} kredyt",
      few: "Dopisano {n} kredyty",
      many: "Dopisano {n} kredytów",
      other: "Dopisano {n} kredytu",
    },
    text: "Płatność {price} potwierdzona. Do wydania masz teraz: {credits}.",
    create: "Stwórz obraz",
    entries: "Zobacz wpis",
  },
  failed: {
    title: "Płatność się nie powiodła",
    text: "Bank jej odmówił albo ją cofnął. Kredyty nie zostały dopisane, a jeśli coś pobrano, wróci na Twoje konto.",
    again: "Spróbuj ponownie",
  },
  expired: {
    title: "Ta strona płatności wygasła",
    text: "Płatność nie została dokończona na czas. Niczego nie pobrano.",
    again: "Zacznij od nowa",
  },
  canceled: {
    title: "Nic nie zostało kupione",
    text: "Strona Stripe została zamknięta przed zapłatą. Niczego nie pobrano; saldo jest takie jak przedtem.",
    resume: "Wróć na stronę płatności",
    again: "Zobacz pakiety",
    studio: "Wróć do pulpitu",
  },
  progress: "Czekamy na potwierdzenie",
  announcePaid: "Płatność jest potwierdzona, a kredyty są na saldzie.",
};

export const ordered: typeof english.ordered = {
  slow:
    "Trwa to dłużej niż zwykle. Nic nie przepadło: zamówienie ruszy po potwierdzeniu od Stripe, nawet gdy zamkniesz tę stronę.",
  plan: {
    waiting: "Gdy tylko Stripe nam to potwierdzi, zacznie się {plan}. Zwykle trwa to kilka sekund.",
    waitingNote: "Możesz opuścić tę stronę. Plan zacznie się i bez niej.",
    began: "Plan {plan} się zaczął",
    trial: "Okres próbny planu {plan} się zaczął",
    trialText: "Jest za darmo do {date}. Potem zostanie pobrane {price}, chyba że wcześniej anulujesz.",
    text: "Zapłacono: {price}. Plan odnowi się {date}.",
    brought: "Doszło z nim: {credits}. Do wydania masz teraz: {available}.",
    unlimited: "Od teraz obrazy są w cenie planu.",
    later: "Plan jest potwierdzony",
    laterText: "Pojawi się na koncie, gdy tylko dotrze do nas wiadomość od Stripe.",
    over: "To zamówienie jest zakończone",
    overText: "Od tamtej pory plan się zmienił.",
    failed: "Plan się nie zaczął. Bank odmówił płatności i niczego nie pobrano.",
    expired: "Nie zostało dokończone na czas albo po nim otwarto następne. Niczego nie pobrano.",
    canceled: "Nie wybrano planu",
    canceledText:
      "Strona Stripe została zamknięta przed potwierdzeniem. Niczego nie pobrano, a plan jest taki jak przedtem.",
    see: "Zobacz swój plan",
    again: "Zobacz plany",
    announce: "Twój plan się zaczął.",
  },
  card: {
    waiting: "Gdy tylko Stripe potwierdzi nam kartę, zacznie działać doładowanie. Zwykle trwa to kilka sekund.",
    waitingNote: "Możesz opuścić tę stronę.",
    saved: "Karta jest zapisana",
    savedText: "Automatyczne doładowanie używa odtąd karty {brand} kończącej się na {last4}. Niczego nie pobrano.",
    savedPlain: "Automatyczne doładowanie może jej odtąd używać. Niczego nie pobrano.",
    expired: "Strona do podania karty nie została dokończona na czas. Niczego nie pobrano.",
    canceled: "Karta nie została podana",
    canceledText: "Strona Stripe została zamknięta przed zapisaniem karty. Dopóki jej nie ma, nic nie kupuje się samo.",
    see: "Zobacz automatyczne doładowanie",
    announce: "Karta jest zapisana.",
  },
};
