import type { marketing as english } from "../en/marketing.ts";

export const marketing: typeof english = {
  home: {
    title: "Kredo – studio obrazów AI, w którym rachunki się zgadzają",
    description:
      "Wpisz zdanie, odbierz obraz i sprawdź, na co poszedł każdy kredyt. Co miesiąc coś za darmo, Pro za 29 $, pakiety od 9 $, a nieudany obraz nic nie kosztuje.",
  },
  hero: {
    title: "Każdy obraz rozliczony.",
    lead:
      "Wpisz zdanie, odbierz obraz i zobacz dokładnie, na co poszedł każdy kredyt. Na start dostajesz dziesięć kredytów, a potem dziesięć co miesiąc.",
    start: "Zacznij z 10 kredytami gratis",
    prices: "Zobacz ceny",
    note: "Bez podawania karty. Nieudany obraz nic nie kosztuje.",
  },
  samples: {
    label: "Stykówka z przykładowymi obrazami",
    by: "{model}, {credits}",
    chosen: "Klatka {frame}",
  },
  steps: {
    title: "Od zdania do obrazu",
    list: [
      {
        title: "Napisz zdanie",
        text: "Wybierz model, proporcje i liczbę obrazów: od jednego do czterech.",
      },
      {
        title: "Najpierw zobacz cenę",
        text: "Koszt stoi obok przycisku, zanim go naciśniesz. Te kredyty są rezerwowane, a nie wydawane.",
      },
      {
        title: "Zachowaj obraz i jego wpis",
        text:
          "Gdy obraz jest zapisany, kredyty zostają wydane i powstaje wpis. Jeśli coś się nie uda albo anulujesz, kredyty wracają same.",
      },
    ],
  },
  ledger: {
    title: "Saldo, które sprawdzisz wiersz po wierszu",
    text: [
      "Saldo to suma wpisów i nic więcej. Wpisu nikt nie zmienia ani nie usuwa; poprawka to nowy wiersz z podanym powodem.",
      "Każdy wpis zawiera odcisk poprzedniego. Wystarczy zmienić jeden wiersz, żeby wszystkie następne przestały pasować.",
    ],
    example: "Przykładowe konto",
    number: "Nr",
    what: "Co się stało",
    change: "Zmiana",
    balance: "Saldo",
    fingerprint: "Odcisk",
    welcome: "Kredyty na start",
    pictures: "{model}, {pictures}",
    topup: "Pakiet: {credits}, kartą",
    sum: "Suma wszystkich wpisów",
    failed:
      "Tego dnia jedno zlecenie się nie udało. Jego 2 kredyty zarezerwowano i zwrócono, a nie wydano, dlatego nie ma tu wiersza.",
  },
  models: {
    title: "Modele i ich ceny",
    text: "Cena dotyczy jednego obrazu i jest taka sama dla wszystkich. Model wybierasz za każdym razem.",
    model: "Model",
    kind: "Tworzy",
    price: "Cena",
    kinds: { image: "Obrazy", video: "Wideo", text: "Tekst", training: "Własny model" },
    soon: "Jeszcze niedostępny",
  },
  plansTeaser: {
    title: "Plan albo pakiet wtedy, gdy trzeba",
    text: "Zacznij za darmo. Weź plan, gdy obrazy wejdą w nawyk, i anuluj go, kiedy zechcesz.",
    from: "{price} miesięcznie",
    compare: "Porównaj plany",
  },
  packs: {
    title: "Kredyty wtedy, gdy ich potrzebujesz",
    text: "Jedna płatność, bez abonamentu. Jeden kredyt to jeden standardowy obraz, a kupione kredyty nie wygasają.",
    perCredit: "{price} za kredyt",
    buy: "Kup {credits}",
    lowest: "{price} za kredyt, czyli najtaniej",
    buys: "{pictures} z {model}",
    or: "albo",
    all: "Wszystkie ceny szczegółowo",
  },
  faq: {
    title: "Częste pytania",
    list: [
      {
        question: "Co się dzieje, gdy obraz się nie uda?",
        answer:
          "Ponawiamy próbę do dwóch razy. Jeśli to nie pomoże, wracają wszystkie zarezerwowane kredyty, a przy zleceniu widać powód.",
      },
      {
        question: "A jeśli dostanę mniej obrazów, niż zamówię?",
        answer: "Płacisz za te, które zostały zapisane. Pozostałe kredyty wracają od razu.",
      },
      {
        question: "Czy kredyty wygasają?",
        answer:
          "Kupione kredyty nie wygasają, tak jak dziesięć kredytów na start. To, co daje plan, jest na jego miesiąc: reszta kończy się, gdy przychodzi następna pula. Te wydajesz najpierw.",
      },
      {
        question: "Kto widzi moje obrazy?",
        answer: "Tylko Ty. Leżą w prywatnym magazynie, a przy każdym pobraniu sprawdzamy, czy prosi o nie Twoje konto.",
      },
      {
        question: "Jak mogę zapłacić?",
        answer:
          "Kartą, przez Stripe. Numer karty nigdy nie trafia do Kredo. Kredyty dodajemy, gdy Stripe potwierdzi płatność.",
      },
    ],
  },
  closing: {
    title: "Pierwsze dziesięć na nasz koszt",
    text: "Konto to adres e-mail i hasło. Od pierwszego obrazu dzieli Cię około minuty.",
  },
  pricing: {
    pageTitle: "Cennik – Kredo",
    description:
      "Free z 10 kredytami co miesiąc, Pro z 500 za 29 $, Enterprise bez limitu i pakiety od 9 $. Jedna cena na model, a nieudany obraz nic nie kosztuje.",
    title: "Płacisz za obrazy, które powstały.",
    lead:
      "Weź plan albo kup kredyty raz i wydawaj, kiedy chcesz. Jeśli obraz się nie uda, zarezerwowane kredyty wracają.",
    packsTitle: "Albo zapłać raz",
    packsText: "Pakiet działa sam albo obok planu. Jego kredyty nie wygasają, a te z planu wydajesz przed nimi.",
    buysTitle: "Na co starczą kredyty",
    buysText: "Ile obrazów lub klipów da każdy pakiet wydany w całości na jeden model.",
    notesTitle: "Drobny druk normalnym drukiem",
    notes: [
      {
        title: "Kupione kredyty nie wygasają.",
        text: "Ani po miesiącu, ani po roku. Tak samo dziesięć kredytów, z którymi zaczyna nowe konto.",
      },
      {
        title: "Kredyty z planu są na swój miesiąc.",
        text:
          "Co z nich zostanie, kończy się razem z nim, a potem przychodzą następne. Na Free jest ich dziesięć co miesiąc.",
      },
      {
        title: "Anulujesz, kiedy chcesz.",
        text: "Plan trwa do końca tego, co opłacone. Obrazy, wpisy i kupione kredyty zostają i potem.",
      },
      {
        title: "Zmieniasz, kiedy chcesz.",
        text:
          "Niewykorzystana część starego planu obniża cenę nowego, a kwotę widzisz wcześniej. Opłacony rok trwa do końca.",
      },
      {
        title: "Zwrot zabiera swoje kredyty.",
        text:
          "Gdy płatność do Ciebie wraca, odchodzą też kredyty, które przyniosła. To, co już wydane, staje się długiem, który spłacą następne kredyty.",
      },
      {
        title: "Nieudane odnowienie to nie katastrofa.",
        text: "Plan działa jeszcze tydzień, żeby zdążyć zmienić kartę. Potem konto jest na Free i nic nie przepada.",
      },
      {
        title: "Nieudane zlecenia nic nie kosztują.",
        text: "Anulowane też. Kredyty wracają same, nie trzeba o nie prosić.",
      },
      { title: "Płacisz za to, co powstało.", text: "Zamawiasz cztery obrazy, dostajesz trzy: płacisz za trzy." },
      {
        title: "Odrzucona karta niczego nie dodaje i nic nie kosztuje.",
        text: "Jeśli bank księguje płatność kilka dni, kredyty pojawią się w dniu zaksięgowania.",
      },
      {
        title: "Ceny są w dolarach amerykańskich.",
        text:
          "Podatek doliczamy tam, gdzie wymaga tego prawo. Płatność przyjmuje Stripe; numer karty nigdy do nas nie trafia.",
      },
    ],
  },
};
