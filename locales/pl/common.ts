import type { common as english } from "../en/common.ts";
import { units } from "../units.ts";

export const common: typeof english = {
  brand: "Kredo",
  skip: "Przejdź do treści",
  nav: {
    site: "Serwis",
    studio: "Studio",
    home: "Strona główna",
    pricing: "Cennik",
    checkpoints: "Punkty kontrolne",
    verify: "Sprawdź wyciąg",
    docs: "API",
    logIn: "Zaloguj się",
    signUp: "Załóż konto",
    openStudio: "Otwórz studio",
    logOut: "Wyloguj się",
    account: "Konto",
    menu: "Menu",
    dashboard: "Pulpit",
    create: "Tworzenie",
    history: "Historia",
    credits: "Kredyty",
    billing: "Płatności",
    operations: "Panel operatora",
  },
  navShort: {
    dashboard: "Pulpit",
    create: "Tworzenie",
    history: "Historia",
    credits: "Kredyty",
    billing: "Płatności",
  },
  balance: {
    label: "Saldo",
    held: "w rezerwie: {n}",
    owed: "do spłaty: {n}",
    buy: "Kup kredyty",
  },
  footer: {
    line: "Obrazy, które cieszą. Rozliczenia, którym ufasz.",
  },
  language: {
    label: "Język",
    en: "English",
    pl: "Polski",
  },
  theme: {
    label: "Wygląd",
    light: "Jasny",
    dark: "Ciemny",
    system: "Systemowy",
  },
  units: units.pl,
  pages: {
    nav: "Strony",
    newer: "Nowsze",
    older: "Starsze",
  },
  quoted: "„{text}”",
  form: {
    summary: {
      one: "Jedno pole wymaga poprawki",
      few: "{n} pola wymagają poprawki",
      many: "{n} pól wymaga poprawki",
      other: "{n} pola wymaga poprawki",
    },
    show: "Pokaż",
  },
};
