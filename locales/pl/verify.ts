import type { verify as english } from "../en/verify.ts";

export const verify: typeof english = {
  pageTitle: "Sprawdź wyciąg – Kredo",
  description:
    "Upuść wyciąg z konta kredytów, a Twoja przeglądarka przeliczy każdy jego wiersz. Plik nie opuszcza Twojego komputera.",
  title: "Sprawdź na własne oczy.",
  lead:
    "Upuść tu wyciąg, a Twoja przeglądarka przeliczy każdy jego wiersz. Plik zostaje na Twoim komputerze; nic z niego nigdzie nie jest wysyłane.",
  zone: {
    label: "Wybierz wyciąg",
    drop: "albo upuść plik tutaj",
    formats: "Plik CSV lub JSON lines ze strony kredytów, taki, jak się pobrał. PDF służy tylko do czytania.",
  },
  key: {
    summary: "Mam własny zapis odcisku klucza",
    label: "Odcisk klucza albo sam klucz",
    hint:
      "Jeśli masz go z wcześniejszej wizyty, plik musi być podpisany tym kluczem. Gdy pole jest puste, liczy się klucz publikowany dziś.",
  },
  progress: { label: "Sprawdzanie", rows: "Sprawdzone wpisy: {rows}" },
  withoutScript: {
    title: "Ta strona potrzebuje JavaScriptu",
    text:
      "Sprawdza Twoja przeglądarka, więc musi uruchomić nasz skrypt. Bez niego sprawdź plik kopią naszego kodu źródłowego:",
  },
  verified: {
    title: "Zgadza się",
    unsigned: "Rachunek się zgadza, ale nic nie jest podpisane",
    unsupported: "Rachunek się zgadza, ale podpis jest niesprawdzony",
    unreachable: "Rachunek się zgadza, ale klucz jest nieporównany",
    line:
      "Potwierdza to punkt kontrolny podpisany {takenAt}: niczego w wyciągu nie zmieniono i na tę chwilę jest kompletny.",
    partly: {
      one: "Podpisany do wpisu {seq}: następnego wpisu nikt jeszcze nie potwierdził",
      few: "Podpisany do wpisu {seq}: {n} następnych wpisów nikt jeszcze nie potwierdził",
      many: "Podpisany do wpisu {seq}: {n} następnych wpisów nikt jeszcze nie potwierdził",
      other: "Podpisany do wpisu {seq}: {n} następnych wpisów nikt jeszcze nie potwierdził",
    },
    partlyLine:
      "To zwykłe dla tego, co wydarzyło się od punktu kontrolnego ({takenAt}). Pasuje do własnych odcisków, a jeśli pochodzi od Kredo, obejmie to punkt kontrolny następnego dnia: pobierz wtedy wyciąg jeszcze raz.",
    unconfirmed: "Każdy wpis pasuje do pozostałych. Nic nie potwierdza, że są od Kredo.",
    facts: {
      account: "Numer konta",
      entries: "Wpisy",
      balance: "Saldo podane",
      signedBalance: "Saldo po wpisie {seq}, podpisane",
      made: "Sporządzony",
      head: "Ostatni odcisk",
      checkpoint: "Podpisany punkt kontrolny",
      checkpointText: "Nr {number}, {takenAt}",
      key: "Odcisk klucza",
    },
    proven: "Czego to dowodzi",
    chain:
      "Żadnego wpisu nie zmieniono, nie usunięto, nie dodano ani nie przestawiono: każdy pasuje do swojego odcisku, a każdy odcisk zawiera poprzedni.",
    chainUpTo:
      "Do wpisu {seq} niczego nie zmieniono, nie usunięto, nie dodano ani nie przestawiono: każdy wpis pasuje do swojego odcisku, każdy odcisk zawiera poprzedni, a suma wynosi {signedBalance}.",
    fits:
      "Każdy wpis pasuje do swojego odcisku i do wpisu przed nim, a żadnego po drodze nie brakuje. Kto zmieniłby jeden, nie zmieniając wszystkich następnych, zostałby wykryty.",
    sum: "Saldo {balance} jest sumą wszystkich wpisów, od pierwszego do ostatniego.",
    published:
      "Kredo podpisało ({takenAt}) punkt kontrolny, który potwierdza wpis {seq}, i publikuje ten sam punkt dziś. Gdy masz jego kopię, nikt niepostrzeżenie nie przepisze niczego do tego wpisu, nawet Kredo.",
    ownKey:
      "Punkt kontrolny, który potwierdza wpis {seq}, podpisano ({takenAt}) kluczem podanym przez Ciebie. Nikt bez jego prywatnej połowy nie mógł od tamtej pory przepisać niczego do tego wpisu.",
    notProven: "Czego nie dowodzi",
    later:
      "Wpisy po numerze {seq} są nowsze niż punkt kontrolny. Pasują do siebie, ale do następnego punktu żaden podpis nie potwierdza ani ich, ani salda po nich: mógł je dopisać każdy, kto ma ten plik.",
    none:
      "Gdy powstał ten wyciąg, nie było jeszcze punktu kontrolnego, więc nic w nim nie jest podpisane: ktoś mógł go w całości zmyślić. Pobierz go jutro jeszcze raz.",
    noEd25519:
      "Twoja przeglądarka nie umie sprawdzać podpisów Ed25519, więc nie wiadomo, kto podpisał punkt kontrolny. Umie to aktualny Chrome, Firefox i Safari.",
    offline:
      "Nie udało się pobrać listy punktów kontrolnych, więc nie wiadomo, czy to podpis Kredo. Porównaj odcisk klucza z własnym zapisem albo spróbuj ponownie.",
    meaning:
      "Odciski mówią, że wpisy są takie, jak je zapisano, a nie, że słusznie je zapisano. Nie obejmują chwili sporządzenia pliku ani tego, ile z salda było w rezerwie.",
  },
  broken: {
    title: "Nie zgadza się",
    before: "Wcześniejsze wpisy, które się zgadzają",
    row: "Co stoi w wierszu {line}",
    found: "Zamiast tego jest",
    next: "Co zrobić",
    nextText:
      "Pobierz wyciąg jeszcze raz i sprawdź go, nie otwierając po drodze. Jeśli nadal się nie zgadza, zachowaj plik i pokaż go nam: jest dowodem.",
  },
  problems: {
    edited: {
      title: "Wpis {seq} zmieniono.",
      text:
        "Wpis w wierszu {line} nie pasuje do swojego odcisku i do wpisu przed nim. Jeden z tych dwóch zmieniono po zapisaniu.",
    },
    malformed: {
      title: "Wiersz {line} nie jest taki, jak go zapisano.",
      text:
        "Zmieniono go albo plik otwarto i zapisano w innym programie, na przykład w arkuszu kalkulacyjnym, który zapisuje inaczej.",
    },
    missing: {
      title: "Brakuje wpisu {seq}.",
      text: "Jego miejsce jest w wierszu {line}, a nie ma go nigdzie w pliku.",
    },
    reordered: {
      title: "Wpis {seq} nie stoi na swoim miejscu.",
      text: "Jego miejsce jest w wierszu {line}, a stoi dalej.",
    },
    extra: {
      title: "Wiersz {line} jest tu zbędny.",
      text: "Jakiś wpis się powtarza albo coś dodano.",
    },
    truncated: {
      title: "Plik kończy się za wcześnie.",
      text: "Urywa się w wierszu {line}. Może pobieranie nie dobiegło końca.",
    },
    balance: {
      title: "Saldo wpisu {seq} jest błędne.",
      text:
        "Wpis w wierszu {line} jest taki, jak go zapisano, a mimo to jego saldo nie jest sumą kwot do tego miejsca. To nasz błąd: daj nam znać.",
    },
    summary: {
      title: "Podsumowanie się nie zgadza.",
      text: "Wszystkie wpisy w pliku pasują do siebie, ale podsumowanie w wierszu {line} nie jest ich.",
    },
    checkpoint: {
      title: "Wpis {seq} nie jest tym, który podpisano.",
      text:
        "Punkt kontrolny nie zawiera wpisu z wiersza {line} takiego, jaki tu stoi. Ten wpis albo jeden z wcześniejszych później przepisano; albo zmieniono dowód na końcu pliku.",
    },
    proof: {
      title: "Podpisany punkt kontrolny się nie zgadza.",
      text: "To, co wiersz {line} mówi o punkcie kontrolnym, zmieniono albo nigdy nie zostało podpisane.",
    },
    outside: {
      title: "Zmieniono coś poza wpisami.",
      text: "Wszystkie wpisy się zgadzają, ale plik nie jest co do bajtu tym, który pobrano.",
    },
    unpublished: {
      title: "Tego nie podpisało Kredo.",
      text:
        "Wpisy pasują do siebie, ale punkt kontrolny {number}, który je potwierdza, nie jest tym, który publikuje Kredo. Podpisał go ktoś inny.",
    },
    otherKey: {
      title: "To podpisano innym kluczem.",
      text:
        "Wpisy pasują do siebie, ale punktu kontrolnego {number}, który je potwierdza, nie podpisano kluczem podanym przez Ciebie.",
    },
    keyless: {
      title: "W tym pliku nic nie jest podpisane.",
      text:
        "Wpisy pasują do siebie, ale nie ma punktu kontrolnego, który można by podpisać podanym przez Ciebie kluczem.",
    },
  },
  unreadable: {
    title: "To nie jest wyciąg",
    empty: "Plik jest pusty.",
    pdf: "To jest PDF, który służy do czytania. Do sprawdzenia pobierz wyciąg jako CSV lub JSON lines.",
    other: "To nie jest wyciąg z Kredo ani jako CSV, ani jako JSON lines.",
    failed: "Nie udało się odczytać pliku. Może go w międzyczasie przeniesiono lub zmieniono.",
  },
  how: {
    title: "Jak to działa",
    steps: [
      {
        title: "Każdy wpis ma odcisk",
        text:
          "Powstaje z tego, co wpis mówi, i z poprzedniego odcisku. Wystarczy zmienić jeden znak, a od tego miejsca wszystkie odciski są inne.",
      },
      {
        title: "Ostatni odpowiada za wszystkie",
        text:
          "Codziennie ostatni odcisk każdego konta trafia do punktu kontrolnego, który jest podpisany i opublikowany.",
        link: "Zobacz punkty kontrolne",
      },
      {
        title: "Twoja przeglądarka je przelicza",
        text:
          "Nie trzeba mieć konta. Na koniec pobiera publiczną listę punktów kontrolnych, nie zdradzając, którego szuka.",
      },
    ],
  },
  formats: {
    title: "Z czego dokładnie powstaje odcisk",
    lead:
      "Jedenaście wierszy UTF-8 połączonych znakiem nowego wiersza i z nich SHA-256, zapisane szesnastkowo małymi literami. Przyczyna (cause) to tekst taki, jaki stoi w pliku. Wszystkie szczegóły i przykład są w docs/statement.md w kodzie źródłowym.",
    lines:
      "kredo.entry.v1\n<odcisk poprzedniego wpisu, dla pierwszego 64 zera>\n<account>\n<seq>\n<kind>\n<amount>\n<counter_account>\n<balance_after>\n<ref>\n<cause>\n<created_at_us>",
    script:
      "To samo sprawdzenie jako skrypt, z kodem wyjścia 0, gdy ktoś wyciąg potwierdza, 3, gdy nikt, 1, gdy się nie zgadza, 2, gdy nie da się go odczytać:",
  },
};
