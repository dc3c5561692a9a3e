import type { docs as english } from "../en/docs.ts";
import { docsJobs } from "./docs-jobs.ts";

export const docs: typeof english = {
  nav: "Dokumentacja",
  jobs: docsJobs,
  credits: {
    link: "Kredyty",
    pageTitle: "API kredytów – Kredo",
    description: "Saldo, księga, partie, wyciąg i punkty kontrolne przez HTTP, z przykładem każdej odpowiedzi.",
    title: "API kredytów",
    lead:
      "Wszystko, co pokazuje strona kredytów, dla programów. Do każdego żądania dołącz token dostępu swojej sesji; odpowiada zawsze tylko Twoje konto.",
    token: "Authorization: Bearer <session.access_token z POST /api/auth/login>",
    example: "Przykład odpowiedzi",
    balance: {
      text:
        "Ile możesz wydać, ile jest w rezerwie na trwające prace i ile jest do spłaty. W całych kredytach, jak każda kwota tutaj. Suma wszystkich wpisów to w każdej chwili available + held − debt.",
    },
    ledger: {
      text:
        "Wszystkie wpisy, od najnowszego. Wpisu nikt nie zmienia ani nie usuwa. ref mówi, czego dotyczył, a cause, jaka zasada i jaka cena za nim stoją, w wersji, która wtedy obowiązywała.",
      parameters: {
        limit: "od 1 do 100, domyślnie 20",
        cursor: "next_cursor w stronę starszych wpisów, previous_cursor w stronę nowszych",
      },
      causes: "Co zawiera cause, według rodzaju",
      kinds: {
        grant: "rule albo reason",
        topup: "pack, price (pack:<id>@<wersja>), price_cents, currency, payment, stripe_session, livemode",
        settle: "model, price (model:<slug>@<wersja>), outputs, credits_per_output",
        expiry: "rule, grant (numer partii), source, expires_at",
        refund: "payment, drawn (partie i cofnięte kredyty), owed (co stało się długiem)",
        dispute: "jak przy zwrocie",
        adjustment: "rule, reason, adjustment, operator i checker (identyfikatory); drawn, gdy kredyty odjęto",
        transfer: "from albo to (konto), po stronie wysyłającej drawn",
      },
    },
    grants: {
      text:
        "Partie, w których są Twoje kredyty: najpierw te, z których wydajemy, w kolejności wydawania, potem przyszłe, potem pozostałe. remaining nie obejmuje tego, co w rezerwie. expiring to to, co skończy się najwcześniej, albo null.",
      parameters: {
        state: "scheduled, active, spent albo expired; bez niego wszystkie",
        limit: "od 1 do 100, domyślnie 20",
        cursor: "next_cursor poprzedniej strony",
      },
    },
    statement: {
      text:
        "Wszystkie wpisy w jednym pliku, od najstarszego, z dowodem, że najnowszy punkt kontrolny obejmuje Twoje konto. Wysyłany strumieniem, choćby był bardzo długi; można go sprawdzić offline i bez nas.",
      parameters: { format: "jsonl, csv albo pdf" },
      verify: "Sprawdź wyciąg",
    },
    checkpoints: {
      text: "Podpisane punkty kontrolne wszystkich kont, od najnowszego. Może je czytać każdy, bez tokenu.",
      parameters: { limit: "od 1 do 100, domyślnie 20", cursor: "next_cursor poprzedniej strony" },
      link: "To samo dla ludzi",
    },
    jobs: {
      text:
        "Zamawia obrazy i rezerwuje ich cenę. Z expected_credits, czyli całą ceną, którą widzisz Ty albo Twój klient, inna cena zostanie odrzucona i niczego nie zarezerwujemy; bez tego pola obowiązuje cena z tej chwili.",
      parameters: {
        model: "slug z GET /api/models",
        input: "pola z input_schema tego modelu",
        expected_credits: "cena, która była widoczna; nieobowiązkowe",
        idempotency_key: "albo nagłówek Idempotency-Key: powtórzenie odpowiada pierwszą pracą",
      },
    },
  },
  billing: {
    link: "Płatności",
    pageTitle: "API płatności – Kredo",
    description: "Pakiety, plany, faktury i zużycie przez HTTP, z przykładem każdej odpowiedzi.",
    title: "API płatności",
    lead:
      "To, co robią strony płatności, dla programów. Czyj to plan i czyje faktury, mówi wyłącznie token; nic, co jest w treści żądania, tego nie zmieni.",
    checkout: {
      text:
        "Otwiera stronę Stripe dla pakietu albo planu i odpowiada 201 z jej adresem. Niczego nie kupujesz, dopóki nie zapłacisz na tej stronie. Kto ma już plan, ten go zmienia: drugi zostanie odrzucony z conflict.",
      parameters: {
        pack: "id pakietu, na przykład pack_50; albo",
        plan: "pro lub enterprise, razem z",
        interval: "month albo year",
        idempotency_key: "albo nagłówek Idempotency-Key: powtórzenie odpowiada pierwszą stroną",
      },
    },
    portal: {
      text: "Otwiera stronę Stripe, na której są karty, adres i numery podatkowe. Jej adres działa kilka minut.",
    },
    subscription: {
      text:
        "Na jakim jesteś planie. plan obowiązuje teraz, cokolwiek stało się z subskrypcją, która miała zapłacić za inny.",
      members: {
        plan: "free, pro albo enterprise",
        status:
          "trialing, active, past_due, canceled, incomplete, incomplete_expired, unpaid albo paused, stan Twojej najnowszej subskrypcji; null, jeśli żadnej nie było",
        interval: "month albo year; null w planie Free",
        current_period_end: "do kiedy jest opłacony; w planie Free koniec miesiąca, w którym liczą się limity",
        cancel_at_period_end: "true, gdy plan jest wypowiedziany i jeszcze trwa",
        cancel_at: "kiedy się wtedy kończy; poza tym null",
        trial_ends_at: "w okresie próbnym; poza tym null",
        grace_ends_at: "gdy brakuje zapłaty: do kiedy plan mimo to trwa; poza tym null",
        payment_url: "gdzie zapłacić otwartą fakturę; null, jeśli takiej nie ma",
      },
    },
    invoices: {
      text:
        "Faktury za Twój plan, od najnowszej, w setnych częściach waluty. subtotal − discount + podatki, których nie ma w cenie = total. pdf_url odpowiada naszym własnym PDF-em, po polsku z ?lang=pl.",
      parameters: {
        limit: "od 1 do 100, domyślnie 20",
        cursor: "next_cursor poprzedniej strony",
        status: "w odpowiedzi: open, paid, void albo uncollectible",
        dispute: "w odpowiedzi: open, won, lost albo null; disputed_cents to kwota, którą zatrzymuje",
      },
    },
    usage: {
      text:
        "Co obejmuje Twój plan i ile z tego jest zużyte. limit to null tam, gdzie nie ma granicy; resets_at to null tam, gdzie nic się samo nie zeruje.",
      entitlements: {
        generations: "kredyty z przydziału na ten miesiąc",
        datasets: "przechowywane naraz",
        trainings: "w tym miesiącu",
        predictions: "w tym miesiącu",
        concurrency: "zadania jednocześnie",
        rate: "zadania na minutę",
      },
      limit:
        "Zadania ponad concurrency czekają na swoją kolej. Co poza tym wykracza, jest odrzucane z plan_limit_reached, a przy rate z rate_limited:",
    },
  },
};
