import type { email as english } from "../en/email.ts";

export const email: typeof english = {
  plans: { free: "Free", pro: "Pro", enterprise: "Enterprise" },
  every: { month: "co miesiąc", year: "co rok" },
  prices: { month: "{price} miesięcznie", year: "{price} rocznie" },
  seePlan: "Zobacz swój plan",
  seePlans: "Zobacz plany",
  seeEntries: "Zobacz wszystkie wpisy",
  setTopup: "Ustawienia doładowań",
  debt:
    "Część kredytów była już wydana, dlatego masz do spłaty: {credits}. Spłacą je najbliższe kredyty, które wpłyną.",
  footer: "Ta wiadomość dotyczy Twojego konta w Kredo.",

  subscription_started: {
    title: "Twój plan {plan} już działa",
    trial:
      "Do {time} trwa bezpłatny okres próbny, a potem pobierzemy pierwszą płatność. Jeśli anulujesz wcześniej, nic nie zapłacisz.",
    text: "Za plan płacisz {every}. W każdej chwili możesz go zmienić lub anulować.",
    credits: "Na ten okres dopisaliśmy do salda: {credits}.",
  },
  trial_ends_soon: {
    title: "Okres próbny planu {plan} kończy się {date}",
    text:
      "Okres próbny trwa do {time}. Potem plan {plan} kosztuje {price}, a pierwszą płatność pobierzemy z Twojej karty.",
    cancel: "Jeśli nie chcesz korzystać z niego dalej, anuluj go przed tym terminem, a nic nie zapłacisz.",
  },
  subscription_changed: {
    title: "Twój plan zmienia się na {plan}",
    text: "Od {time} masz plan {plan}, opłacany {every}.",
    invoice: "Jeśli zmienia się cena, różnicę znajdziesz na fakturze.",
  },
  subscription_canceling: {
    title: "Plan {plan} zakończy się {date}",
    text: "Plan został anulowany. {plan} działa do {time}, a potem Twoje konto przejdzie na plan Free.",
    resume: "Kupione kredyty nie wygasają. Do tego czasu możesz jeszcze cofnąć anulowanie.",
    action: "Wznów plan",
  },
  subscription_resumed: {
    title: "Plan {plan} działa dalej",
    text: "Anulowanie zostało cofnięte. Plan {plan} będzie się odnawiał tak jak dotąd.",
    next: "Nie musisz nic więcej robić.",
  },
  subscription_ended: {
    title: "Plan {plan} dobiegł końca",
    text: "Twoje konto ma teraz plan Free. Przepadła tylko niewykorzystana pula planu {plan}.",
    next: "Twoje obrazy, wpisy i kupione kredyty zostają.",
  },

  payment_failed: {
    title: "Nie udało się pobrać {amount} za plan {plan}",
    text: "Bank odrzucił płatność albo karta straciła ważność. Plan {plan} działa mimo to do {time}.",
    next:
      "Opłać fakturę albo podaj inną kartę; my też jeszcze raz spróbujemy pobrać płatność. Jeśli do tego czasu nie dotrze, Twoje konto przejdzie na plan Free.",
    pay: "Opłać fakturę",
    card: "Zmień kartę",
  },
  payment_action_required: {
    title: "Potwierdź płatność na kwotę {amount}",
    text: "Zanim bank przekaże pieniądze, prosi o Twoje potwierdzenie. Otwórz fakturę i potwierdź płatność; to chwila.",
    action: "Potwierdź płatność",
  },
  grace_ended: {
    title: "Twoje konto ma teraz plan Free",
    text: "Płatność za plan {plan} nie dotarła na czas, więc plan się zakończył.",
    next:
      "Nic z tego, co powstało na Twoim koncie, nie przepada, a kupione kredyty zostają. Plan możesz w każdej chwili wykupić ponownie.",
  },
  payment_recovered: {
    title: "Dziękujemy, płatność dotarła",
    text: "Plan {plan} działa dalej bez przerwy.",
    next: "Nie musisz nic więcej robić.",
  },
  invoice_paid: {
    title: "Potwierdzenie płatności: faktura {number}, {amount}",
    text: "Faktura {number} na kwotę {amount} jest opłacona. Dziękujemy.",
    pdf: "Na swoim koncie możesz ją pobrać jako PDF.",
    action: "Otwórz faktury",
  },

  refund_applied: {
    title: "Zwracamy {amount}",
    text:
      "Pieniądze wrócą na kartę lub konto, z którego przyszła płatność. Bank może potrzebować na to nawet dziesięciu dni.",
    taken: "Razem z płatnością wycofaliśmy z salda: {credits}.",
    untouched: "Twoje kredyty pozostają bez zmian.",
  },
  dispute_opened: {
    title: "Płatność na kwotę {amount} została zakwestionowana",
    text: "Bank poinformował nas, że nie rozpoznajesz płatności na kwotę {amount} na rzecz Kredo.",
    taken: "Do czasu rozstrzygnięcia wycofaliśmy z salda: {credits}.",
    mistake: "Jeśli to pomyłka, poproś bank o wycofanie reklamacji.",
  },
  dispute_won: {
    title: "Reklamacja zakończona, płatność pozostaje ważna",
    text: "Bank uznał, że płatność była prawidłowa.",
    returned: "Na saldo wróciło: {credits}.",
    untouched: "Twoje kredyty pozostają bez zmian.",
  },
  dispute_lost: {
    title: "Reklamacja na kwotę {amount} jest rozstrzygnięta",
    text: "Bank zwrócił Ci pieniądze, więc kredyty z tej płatności pozostają wycofane. Nie musisz nic robić.",
  },

  usage_warning: {
    mostUsed: "Wykorzystano {percent}% limitu {things} w Twoim planie",
    allUsed: "Limit {things} w Twoim planie jest wyczerpany",
    text: "Do tej pory: {amount}.",
    resets: "Liczenie zacznie się od nowa {time}.",
    stays: "Ten limit nie odnawia się z nowym okresem.",
    more: "Większy plan mieści więcej.",
    action: "Zobacz plan i zużycie",
    things: {
      generations: "obrazów",
      datasets: "zbiorów danych",
      trainings: "treningów",
      predictions: "predykcji",
    },
    amounts: {
      generations: {
        one: "{used} z {n} obrazu",
        few: "{used} z {n} obrazów",
        many: "{used} z {n} obrazów",
        other: "{used} z {n} obrazu",
      },
      datasets: {
        one: "{used} z {n} zbioru danych",
        few: "{used} z {n} zbiorów danych",
        many: "{used} z {n} zbiorów danych",
        other: "{used} z {n} zbioru danych",
      },
      trainings: {
        one: "{used} z {n} treningu",
        few: "{used} z {n} treningów",
        many: "{used} z {n} treningów",
        other: "{used} z {n} treningu",
      },
      predictions: {
        one: "{used} z {n} predykcji",
        few: "{used} z {n} predykcji",
        many: "{used} z {n} predykcji",
        other: "{used} z {n} predykcji",
      },
    },
  },

  topup_succeeded: {
    title: "Automatyczne doładowanie: {credits}",
    text: "Saldo spadło poniżej ustawionego progu, więc zapisaną kartą kupiliśmy za {amount} pakiet: {credits}.",
  },
  topup_failed: {
    title: "Automatyczne doładowanie nie powiodło się",
    text: "Chcieliśmy pobrać {amount} z zapisanej karty, ale bank odrzucił płatność. Dotychczasowe próby: {attempts}.",
    again: "Spróbujemy ponownie {time}.",
    never: "Sami nie będziemy już ponawiać próby.",
  },
  topup_switched_off: {
    title: "Automatyczne doładowanie jest wyłączone",
    next: "Możesz je włączyć ponownie albo samodzielnie kupić pakiet.",
    reasons: {
      failures: "Płatność została odrzucona kilka razy z rzędu.",
      authentication: "Bank wymaga potwierdzania każdej płatności, a bez Ciebie nie da się tego zrobić.",
      cap: "Płatności w tym miesiącu osiągnęły ustawiony przez Ciebie limit.",
      no_card: "Nie ma zapisanej karty, którą można zapłacić.",
    },
  },
};
