import type { failures as english } from "../en/failures.ts";

export const failures: typeof english = {
  provider_error: {
    short: "Model zawiódł",
    clause: "Model przerwał pracę z błędem",
    title: "Model zawiódł",
    text: "Zatrzymał się z powodu własnego błędu.",
    next: "Ten sam opis może zadziałać za minutę.",
  },
  provider_unavailable: {
    short: "Model nie odpowiada",
    clause: "Nie udało się połączyć z modelem",
    title: "Nie udało się połączyć z modelem",
    text: "Jego dostawca nie przyjął zlecenia.",
    next: "Spróbuj za kilka minut albo wybierz inny model.",
  },
  provider_limited: {
    short: "Model zajęty",
    clause: "Model nie przyjmował więcej zleceń",
    title: "Model był zbyt długo zajęty",
    text: "Jego dostawca nie przyjmował zleceń przez cały czas, gdy czekaliśmy.",
    next: "Spróbuj później albo wybierz inny model.",
  },
  provider_rejected_input: {
    short: "Ustawienia odrzucone",
    clause: "Model odrzucił te ustawienia",
    title: "Model odrzucił te ustawienia",
    text: "Nie przyjmuje takiego połączenia opisu i ustawień.",
    next: "Zmień opis lub ustawienia; bez zmian znowu je odrzuci.",
  },
  safety_block: {
    short: "Filtr bezpieczeństwa",
    clause: "Zatrzymał to filtr bezpieczeństwa",
    title: "Zatrzymane przez filtr bezpieczeństwa",
    text: "Dostawca nie tworzy takich treści.",
    next: "Ujmij to inaczej; ten sam opis znowu zostanie zatrzymany.",
  },
  timeout: {
    short: "Czas minął",
    clause: "Model pracował zbyt długo",
    title: "To trwało zbyt długo",
    text: "Do wyznaczonego czasu nie było wyniku, więc przestaliśmy czekać.",
    next: "Spróbuj ponownie; to często pomaga.",
  },
  output_unavailable: {
    short: "Wynik przepadł",
    clause: "Nie dało się zapisać tego, co zrobił model",
    title: "Wynik przepadł po drodze",
    text: "Coś powstało, ale nie dało się tego pobrać albo nie było tym, czym miało być.",
    next: "Spróbuj ponownie.",
  },
  interrupted: {
    short: "Przerwane",
    clause: "Nasza praca nad tym została przerwana",
    title: "Praca została przerwana",
    text: "Nasz proces zatrzymał się w połowie.",
    next: "Spróbuj ponownie; z Twoim opisem wszystko w porządku.",
  },
  internal: {
    short: "Błąd u nas",
    clause: "Coś się u nas zepsuło",
    title: "Coś się u nas zepsuło",
    text: "Z Twoim opisem wszystko w porządku.",
    next: "Spróbuj ponownie.",
  },
  discarded: {
    short: "Zatrzymane przez nas",
    clause: "Zatrzymaliśmy tę pracę",
    title: "Zatrzymaliśmy tę pracę",
    text: "Ktoś z naszego zespołu zakończył ją ręcznie.",
    next: "Spróbuj ponownie albo napisz do nas, jeśli nie wiesz dlaczego.",
  },
};
