import type { plans as english } from "../en/plans.ts";

export const plans: typeof english = {
  names: { free: "Free", pro: "Pro", enterprise: "Enterprise" },
  lines: {
    free: "Na wypróbowanie każdego modelu i obraz od czasu do czasu.",
    pro: "Na obrazy co tydzień.",
    enterprise: "Na obrazy przez cały dzień, bez liczenia.",
  },
  switch: { label: "Jak często płacisz", month: "Miesięcznie", year: "Rocznie", saves: "{percent}% taniej" },
  per: { month: "miesięcznie", year: "rocznie" },
  prices: { month: "{price} miesięcznie", year: "{price} rocznie" },
  saving: "o {amount} mniej niż za dwanaście miesięcy osobno",
  includes: {
    credits: {
      one: "{n} kredyt co miesiąc",
      few: "{n} kredyty co miesiąc",
      many: "{n} kredytów co miesiąc",
      other: "{n} kredytu co miesiąc",
    },
    pictures: {
      one: "wystarczy na {n} standardowy obraz",
      few: "wystarczy na {n} standardowe obrazy",
      many: "wystarczy na {n} standardowych obrazów",
      other: "wystarczy na {n} standardowego obrazu",
    },
    welcome: "dziesięć kredytów na start nie wygasa",
    unlimited: "Tyle obrazów, ile chcesz",
    fairUse: "w granicach rozsądku opisanych niżej",
    concurrency: {
      one: "{n} praca naraz",
      few: "{n} prace naraz",
      many: "{n} prac naraz",
      other: "{n} pracy naraz",
    },
    rate: {
      one: "{n} praca na minutę",
      few: "{n} prace na minutę",
      many: "{n} prac na minutę",
      other: "{n} pracy na minutę",
    },
    later: "Od dnia, w którym ruszą",
    datasets: {
      one: "{n} zbiór danych",
      few: "{n} zbiory danych",
      many: "{n} zbiorów danych",
      other: "{n} zbioru danych",
    },
    datasetsUnlimited: "zbiory danych bez limitu",
    trainings: {
      one: "{n} trening na miesiąc",
      few: "{n} treningi na miesiąc",
      many: "{n} treningów na miesiąc",
      other: "{n} treningu na miesiąc",
    },
    trainingsUnlimited: "treningi bez limitu",
    predictions: {
      one: "{n} predykcja na miesiąc",
      few: "{n} predykcje na miesiąc",
      many: "{n} predykcji na miesiąc",
      other: "{n} predykcji na miesiąc",
    },
    predictionsUnlimited: "predykcje bez limitu",
  },
  trial: {
    text: "Potem {price}. Okres próbny zawiera: {credits}. Jeśli anulujesz przed końcem, nic nie zapłacisz.",
    textUnlimited: "Potem {price}. Jeśli anulujesz przed końcem okresu próbnego, nic nie zapłacisz.",
    start: {
      one: "Wypróbuj {plan}: {n} dzień za darmo",
      few: "Wypróbuj {plan}: {n} dni za darmo",
      many: "Wypróbuj {plan}: {n} dni za darmo",
      other: "Wypróbuj {plan}: {n} dnia za darmo",
    },
  },
  actions: {
    signUp: "Zacznij z planem {plan}",
    free: "Zacznij za darmo",
    subscribe: "Wybierz {plan}",
    upgrade: "Przejdź na {plan}",
    downgrade: "Zmień na {plan}",
    yearly: "Płać za {plan} rocznie",
    cancel: "Wróć do Free",
    current: "Twój plan",
  },
  blocked: {
    no_plan: "Nie ma planu, który można zmienić. Najpierw jakiś wybierz.",
    unpaid: "Ostatnia płatność się nie powiodła. Najpierw ją ureguluj, a potem zmień plan.",
    too_soon:
      "Większy plan można zamienić na mniejszy tydzień po jego wybraniu. Możesz go też anulować: zostanie Twój do końca opłaconego okresu.",
    same_plan: "To już jest Twój plan.",
    paid_year: "Opłacony rok trwa do końca. Anuluj go, a gdy minie, wybierz plan miesięczny.",
    has_plan: "Masz już plan. Zmień go, zamiast kupować drugi.",
    closing: "Nieopłacony plan jest właśnie zamykany. Za minutę można wybrać nowy.",
    suspended: "Z zawieszonego konta nie można wybrać planu.",
  },
  fairUse: {
    title: "Rozsądne korzystanie, po ludzku",
    text:
      "Bez limitu znaczy tyle, ile zużyje jedna osoba: do {jobs} naraz i {rate}. Kto poprosi o więcej, musi chwilę poczekać. Nigdy niczego za to nie doliczamy i nikogo nie wyrzucamy za to, że korzysta z tego, za co płaci.",
    job: { one: "{n} praca", few: "{n} prace", many: "{n} prac", other: "{n} pracy" },
  },
};
