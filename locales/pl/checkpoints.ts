import type { checkpoints as english } from "../en/checkpoints.ts";

export const checkpoints: typeof english = {
  pageTitle: "Punkty kontrolne – Kredo",
  description:
    "Codziennie księga wszystkich kont trafia do jednego podpisanego odcisku. Zachowaj kopię, a nikt nie zmieni przeszłości niezauważenie.",
  title: "Co było, zostaje, jak było.",
  lead:
    "Raz dziennie odcisk ostatniego wpisu każdego konta trafia do jednego drzewa, a jego korzeń podpisujemy i publikujemy tutaj. Kto zachowa kopię, może później wykazać, że żadnego wcześniejszego wpisu nie zmieniono – nawet my.",
  list: "Opublikowane punkty kontrolne",
  number: "Nr {number}",
  accounts: { one: "{n} konto", few: "{n} konta", many: "{n} kont", other: "{n} konta" },
  entries: { one: "{n} wpis", few: "{n} wpisy", many: "{n} wpisów", other: "{n} wpisu" },
  details: {
    root: "Korzeń drzewa",
    previous: "Odcisk poprzedniego",
    hash: "Własny odcisk",
    signature: "Podpis",
    publicKey: "Klucz publiczny",
    key: "Odcisk klucza",
    takenAt: "Mikrosekundy od 1970",
  },
  newest: "Najnowsze",
  empty: {
    title: "Nie ma jeszcze opublikowanego punktu kontrolnego",
    text: "Powstaje codziennie krótko po północy UTC, od pierwszego wpisu w księdze.",
  },
  check: {
    title: "Jak to sprawdzić",
    keep: {
      title: "Zachowaj kopię",
      text:
        "To kopia na Twoim dysku sprawia, że widać zmienioną przeszłość. Wystarczy jedna co jakiś czas: każda obejmuje wszystko, co było wcześniej.",
      link: "Pobierz sto najnowszych",
    },
    own: {
      title: "Sprawdź swoje konto",
      text:
        "Twój wyciąg zawiera dowód, że najnowszy punkt kontrolny obejmuje Twoje konto. Upuść plik na stronie sprawdzania; nie opuści on przeglądarki.",
      link: "Sprawdź wyciąg",
    },
    key: {
      title: "Porównaj klucz",
      text:
        "Klucz może utworzyć każdy, więc podpis jest wart tyle, co stojący za nim klucz. Zanotuj ten odcisk i porównaj następnym razem:",
      none: "Odcisk klucza pojawi się tu wraz z pierwszym punktem kontrolnym.",
    },
    all: {
      title: "Sprawdź wszystkie",
      text: "Naszym kodem źródłowym albo dowolnym własnym Ed25519 i SHA-256. Formaty są poniżej.",
    },
  },
  formats: {
    title: "Co dokładnie jest haszowane i podpisywane",
    lead:
      "Tekst to UTF-8, wiersze łączy znak nowej linii. Skróty to SHA-256 zapisane małymi literami szesnastkowo, podpisy to Ed25519. Drzewo jest takie jak w RFC 6962.",
    leaf: {
      title: "Liść: jedno konto",
      text: "Skrót bajtu zerowego i czterech wierszy. Liście stoją w kolejności identyfikatorów kont.",
      lines: "kredo.leaf.v1\n<identyfikator konta>\n<numer ostatniego wpisu>\n<skrót tego wpisu>",
    },
    node: {
      title: "Węzeł: dwa pod nim",
      text:
        "Skrót bajtu jeden i 32 bajtów każdego z dwojga dzieci, najpierw lewego. Ostatni na poziomie bez pary przechodzi wyżej bez zmian.",
      lines: "0x01 ‖ <lewy> ‖ <prawy>",
    },
    message: {
      title: "Podpisywana wiadomość",
      text: "Siedem wierszy. Ostatni to skrót poprzedniej wiadomości, w pierwszej – 64 zera.",
      lines:
        "kredo.checkpoint.v1\n<numer>\n<mikrosekundy od 1970>\n<konta>\n<wpisy>\n<korzeń>\n<skrót poprzedniej wiadomości>",
    },
  },
};
