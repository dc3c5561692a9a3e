import type { docsJobs as english } from "../en/docs-jobs.ts";

export const docsJobs: typeof english = {
  link: "Prace",
  pageTitle: "API prac – Kredo",
  description: "Zamawiaj obrazy, filmy i teksty przez HTTP, pojedynczo albo wiele naraz, i śledź je na żywo.",
  title: "API prac",
  lead:
    "Zlecenie rezerwuje swoją cenę; pobieramy za to, co powstało i zostało zapisane, a reszta wraca sama. Praca jest najpierw queued, potem running, na końcu succeeded, failed albo canceled, a co się zakończyło, już się nie zmieni.",
  create: {
    text:
      "Rezerwuje cenę i wstawia pracę do kolejki, jedno i drugie albo nic. Z expected_credits inna cena niż Twoja zostanie odrzucona i niczego nie zarezerwujemy.",
    parameters: {
      model: "slug z GET /api/models",
      input: "pola z input_schema tego modelu",
      run_at: "nie wcześniej niż wtedy, najwyżej za 30 dni; czas miniony znaczy teraz",
      expected_credits: "cała cena, która była widoczna; nieobowiązkowe",
      idempotency_key: "albo nagłówek Idempotency-Key: powtórzenie odpowiada pierwszą pracą",
    },
  },
  read: {
    text: "Jedna praca razem z tym, co się z nią działo. Nieudaną próbę powtarzamy do max_attempts razy, bez dopłaty.",
    parameters: {
      timeline: "co się działo, od najstarszego; przy retrying pole retry_at mówi, kiedy zacznie się następna próba",
      reason: "dlaczego, jako kod z listy poniżej",
      result: "przy late: jak dostawca zakończył to, na co już nie czekaliśmy; za to nie płacisz",
      waits:
        "na co czeka praca w kolejce: line, turn (przed nią ahead Twoich prac) albo time (until); null, gdy już trwa",
      error: "dlaczego nie ma wyniku: code, message, fault (provider, customer, ours) i czy kredyty wróciły (refunded)",
      outputs: "co powstało; te adresy odpowiadają tylko Tobie",
    },
  },
  list: {
    text: "Twoje prace od najnowszej, bez ich historii.",
    parameters: {
      limit: "od 1 do 100, domyślnie 20",
      status: "queued, running, live (obie), succeeded, failed albo canceled",
      cursor: "next_cursor w stronę starszych prac, previous_cursor w stronę nowszych",
    },
  },
  cancel: {
    text: "Kończy pracę, która trwa albo czeka; wracają wszystkie jej kredyty. Zakończona zostaje, jaka jest.",
  },
  events: {
    text:
      "Zdarzenia wysyłane przez serwer: „job” z całą pracą, od razu i po każdej zmianie. Pierwszy adres śledzi jedną pracę i kończy się razem z nią, drugi wszystkie Twoje; z Last-Event-ID mówi, co się w międzyczasie zmieniło, a gdy tego za dużo, „resync”: przeczytaj wtedy listę.",
  },
  batch: {
    text:
      "Do 100 prac jednego modelu w jednym zapytaniu do 1 MB: rezerwujemy wszystkie albo żadnej, powstają w kolejności inputs, a każda kończy się osobno. Odpowiada 202. Złe pole nazywa się na przykład inputs[3].prompt.",
    parameters: {
      model: "jeden dla wszystkich",
      inputs: "od 1 do 100, każde z polami z input_schema modelu",
      expected_credits: "cena wszystkich razem; nieobowiązkowe",
      idempotency_key: "albo nagłówek Idempotency-Key: powtórzenie odpowiada pierwszą grupą",
    },
  },
  progress: {
    text: "Jak daleko jest grupa: ile prac w jakim stanie, ile dotąd pobrano, i same prace.",
    parameters: {
      counts: "prace według stanu; razem dają size",
      credits_charged: "dotąd, za to, co się zakończyło",
      ended: "true, gdy nic z niej już nie trwa",
    },
  },
  cancelBatch: {
    text: "Anuluje to, co z grupy jeszcze żyje, i odpowiada grupą. Co się zakończyło, zostaje, jakie jest.",
  },
  failures: {
    title: "Dlaczego praca się nie udaje",
    text: "Ktokolwiek zawinił: co niczego nie dało, nic nie kosztuje.",
    code: "Kod",
    meaning: "Co znaczy",
    fault: "Czyja wina",
    retried: "Ponawiane samo",
    yes: "tak",
    no: "nie",
  },
};
