import type { kinds as english } from "../en/kinds.ts";

export const kinds: typeof english = {
  names: { image: "Obraz", video: "Wideo", text: "Tekst", training: "Trening" },
  perOne: {
    image: {
      one: "{n} kredyt za obraz",
      few: "{n} kredyty za obraz",
      many: "{n} kredytów za obraz",
      other: "{n} kredytu za obraz",
    },
    video: {
      one: "{n} kredyt za wideo",
      few: "{n} kredyty za wideo",
      many: "{n} kredytów za wideo",
      other: "{n} kredytu za wideo",
    },
    text: {
      one: "{n} kredyt za tekst",
      few: "{n} kredyty za tekst",
      many: "{n} kredytów za tekst",
      other: "{n} kredytu za tekst",
    },
  },
  made: {
    video: { one: "{n} wideo", few: "{n} wideo", many: "{n} wideo", other: "{n} wideo" },
    text: { one: "{n} tekst", few: "{n} teksty", many: "{n} tekstów", other: "{n} tekstu" },
  },
  does: { video: "jedno wideo, {seconds} s", text: "jeden tekst, widoczny w trakcie pisania" },
  seconds: { one: "{n} sekunda", few: "{n} sekundy", many: "{n} sekund", other: "{n} sekundy" },
  duration: "Długość w sekundach",
  length: "Najdłuższa odpowiedź",
  words: "około {n} słów",
  video: {
    runningText: "Model kręci film; trwa to kilka minut. Możesz opuścić tę stronę; wideo znajdziesz w historii.",
    noScript: "Ta strona odświeża się sama co kilka sekund, aż wideo będzie gotowe.",
    another: "Nowe wideo",
    queued: "Twoje wideo czeka w kolejce.",
    running: "Twoje wideo powstaje.",
    succeeded: "Twoje wideo jest gotowe.",
    failed: "Tego wideo nie udało się zrobić. Niczego nie pobraliśmy.",
    player: "Wideo do opisu: {prompt}",
    length: "Długość",
  },
  text: {
    runningText: "Model pisze. Możesz opuścić tę stronę; tekst znajdziesz w historii.",
    noScript: "Ta strona odświeża się sama co kilka sekund, aż tekst będzie gotowy.",
    another: "Nowy tekst",
    queued: "Twój tekst czeka w kolejce.",
    running: "Twój tekst powstaje.",
    succeeded: "Twój tekst jest gotowy.",
    failed: "Tego tekstu nie udało się napisać. Niczego nie pobraliśmy.",
    waiting: "Tu pojawią się pierwsze słowa.",
    heading: "Tekst",
    copy: "Kopiuj",
    copied: "Skopiowano",
    missing: "Nie możemy teraz pokazać tekstu. Wczytaj stronę ponownie albo pobierz go.",
  },
};
