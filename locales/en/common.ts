import type { Plural } from "../text.ts";
import { units } from "../units.ts";

/** What every page shares: navigation, units, switches. */
export const common = {
  brand: "Kredo",
  skip: "Skip to the content",
  nav: {
    site: "Site",
    studio: "Studio",
    home: "Home",
    pricing: "Pricing",
    checkpoints: "Checkpoints",
    verify: "Verify a statement",
    docs: "API",
    logIn: "Log in",
    signUp: "Sign up",
    openStudio: "Open studio",
    logOut: "Log out",
    account: "Account",
    menu: "Menu",
    dashboard: "Dashboard",
    create: "Create",
    history: "History",
    credits: "Credits",
    billing: "Billing",
    operations: "Operations",
  },
  navShort: {
    dashboard: "Home",
    create: "Create",
    history: "History",
    credits: "Credits",
    billing: "Billing",
  },
  balance: {
    label: "Balance",
    held: "{n} held",
    owed: "{n} owed",
    buy: "Buy credits",
  },
  footer: {
    line: "Pictures you love, a ledger you can trust.",
  },
  language: {
    label: "Language",
    en: "English",
    pl: "Polski",
  },
  theme: {
    label: "Appearance",
    light: "Light",
    dark: "Dark",
    system: "System",
  },
  units: units.en,
  pages: {
    nav: "Pages",
    newer: "Newer",
    older: "Older",
  },
  quoted: "“{text}”",
  form: {
    summary: { one: "One thing needs your attention", other: "{n} things need your attention" } as Plural,
    show: "Show",
  },
};
