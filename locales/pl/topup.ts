import type { topup as english } from "../en/topup.ts";

export const topup: typeof english = {
  title: "Automatyczne doładowanie",
  lead: "Samo kupuje pakiet, gdy saldo jest niskie, i nigdy nie wydaje więcej, niż pozwolisz.",
  back: "Płatności",
  states: { off: "Wyłączone", needs_card: "Czeka na kartę", on: "Włączone" },
  summary: {
    never: "Wyłączone. Samo kupuje pakiet, gdy saldo jest niskie.",
    off: "Wyłączone. Nic nie kupuje się samo.",
    on: "Próg: {threshold}. Pakiet: {pack} za {price}. Limit na miesiąc: {cap}.",
    needs_card: "Ustawione, czeka na kartę.",
    set: "Ustaw",
    change: "Zmień",
  },
  spent: "W tym miesiącu",
  spentOf: "{spent} z {cap}",
  spentNote: "Liczone miesiącami kalendarzowymi w czasie UTC.",
  capReached: "Następny pakiet przekroczyłby limit, więc w tym miesiącu nic już nie zostanie kupione.",
  card: "Karta",
  cardText: "{brand} kończąca się na {last4}",
  noCard: "Jeszcze jej nie ma. Podajesz ją na stronie Stripe.",
  otherCard: "Użyj innej karty",
  addCard: "Podaj kartę",
  retry: "Ostatnia płatność się nie powiodła. Następna próba: {date}.",
  offReasons: {
    failures: {
      title: "Automatyczne doładowanie samo się wyłączyło",
      text: "Trzy płatności z rzędu się nie powiodły. Zapisz formularz, żeby wrócić do niego z inną kartą.",
    },
    authentication: {
      title: "Automatyczne doładowanie samo się wyłączyło",
      text:
        "Bank chce Twojej obecności przy każdej płatności, więc tej karty nie da się tak używać. Zapisz formularz, żeby podać inną.",
    },
    no_card: {
      title: "Automatyczne doładowanie samo się wyłączyło",
      text: "Stripe nie ma już żadnej Twojej karty. Zapisz formularz, żeby ją podać.",
    },
  },
  needsCard: {
    title: "Został jeden krok: karta",
    text: "Nic nie zostanie kupione, dopóki nie podasz karty na stronie Stripe. Samo podanie nic nie kosztuje.",
  },
  form: "Ustawienia",
  threshold: "Gdy zostanie mniej kredytów niż",
  thresholdHint: "Liczba całkowita od 1 do 10 000.",
  pack: "Kup ten pakiet",
  cap: "Najwyżej tyle dolarów na miesiąc",
  capHint: "Od ceny pakietu do 10 000.",
  errors: {
    threshold: "Podaj liczbę całkowitą od 1 do 10 000.",
    pack: "Wybierz jeden z pakietów.",
    cap: "Podaj kwotę, która wystarczy choć na jeden pakiet, najwyżej 10 000.",
  },
  consent:
    "Włączając doładowanie, pozwalasz Kredo w ten sposób obciążać kartę. O każdym zakupie dostajesz e-mail i w każdej chwili możesz je wyłączyć.",
  on: "Włącz",
  save: "Zapisz",
  off: "Wyłącz",
  saved: "Automatyczne doładowanie jest włączone",
  stopped: "Automatyczne doładowanie jest wyłączone",
  stoppedText: "Nic już nie kupuje się samo. Ustawienia zostały zapamiętane.",
  problem: "Nie udało się tego zapisać",
};
