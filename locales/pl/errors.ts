import type { errors as english } from "../en/errors.ts";

export const errors: typeof english = {
  eyebrow: "Błąd {status}",
  requestId: "Numer żądania",
  requestHint: "Podaj go, jeśli do nas napiszesz: po nim znajdziemy w dzienniku dokładnie to zdarzenie.",
  home: "Przejdź na stronę główną",
  studio: "Przejdź do studia",
  back: "Spróbuj ponownie",
  pages: {
    notFound: {
      title: "Na tej stronie niczego nie ma",
      text:
        "Adres może zawierać literówkę albo to, co tu było, zmieniło miejsce. Jeśli to obraz lub zlecenie, może należeć do innego konta.",
    },
    method: {
      title: "Ta strona nie przyjmuje takich żądań",
      text: "Wróć na stronę, z której przychodzisz, i skorzystaj z jej formularza.",
    },
    tooMany: {
      title: "Trochę za szybko",
      text:
        "W krótkim czasie było zbyt wiele prób. Odczekaj {wait} i spróbuj ponownie; nic nie przepadło i nic nie zostało pobrane.",
      aMoment: "chwilę",
      seconds: { one: "{n} sekundę", few: "{n} sekundy", many: "{n} sekund", other: "{n} sekundy" },
    },
    refused: {
      title: "Nie mogliśmy tego przyjąć",
      text:
        "Żądanie przyszło z innej witryny albo ze strony otwartej zbyt długo. Odśwież stronę i wyślij formularz jeszcze raz.",
    },
    internal: {
      title: "Coś się u nas zepsuło",
      text:
        "Twoje saldo i obrazy są bezpieczne: kredyt pobieramy dopiero wtedy, gdy obraz jest zapisany. Spróbuj ponownie za minutę.",
    },
    unavailable: {
      title: "Zaraz wracamy",
      text:
        "Kredo nie może się teraz połączyć z jedną ze swoich części. W tym czasie niczego nie pobieramy. Spróbuj ponownie za minutę.",
    },
  },
  reference: {
    pageTitle: "Kody błędów – Kredo",
    title: "Kody błędów",
    lead: "Każda odmowa API to dokument application/problem+json z jednym z tych kodów. Kody się nie zmieniają.",
  },
  codes: {
    invalid_request: "Nie udało się odczytać żądania. Odśwież stronę i spróbuj ponownie.",
    unauthenticated: "Twoja sesja wygasła. Zaloguj się ponownie, żeby kontynuować.",
    insufficient_credits: "Masz za mało kredytów. Dokup je albo wybierz tańszą opcję.",
    plan_limit_reached:
      "Twój plan nie obejmuje więcej aż do odnowienia. Poczekaj do tego czasu albo przejdź na większy plan.",
    account_in_debt: "Płatność została cofnięta po wydaniu kredytów. Kup kredyty, żeby najpierw spłacić dług.",
    forbidden_origin: "Żądanie przyszło z innej witryny, więc zostało odrzucone. Wyślij je ponownie z tej strony.",
    account_suspended: "To konto jest zawieszone. Możesz przeglądać wpisy, ale nie możesz wydawać kredytów.",
    not_found: "Niczego tu nie ma albo należy to do innego konta.",
    method_not_allowed: "Ta strona nie przyjmuje takich żądań.",
    idempotency_conflict: "Ten formularz został już wysłany z inną treścią. Odśwież stronę i wyślij go ponownie.",
    account_exists: "Konto z tym adresem już istnieje. Zaloguj się albo poproś o nowe hasło.",
    conflict: "W międzyczasie coś się zmieniło. Odśwież stronę, żeby zobaczyć stan aktualny.",
    payload_too_large: "To więcej, niż możemy przyjąć naraz. Skróć treść.",
    unsupported_media_type: "Treść tego rodzaju nie jest tu przyjmowana.",
    validation_failed: "Niektóre pola wymagają poprawki.",
    invalid_credentials: "Adres e-mail i hasło nie pasują do siebie.",
    rate_limited: "Zbyt wiele prób w krótkim czasie. Odczekaj chwilę i spróbuj ponownie.",
    internal: "Coś się u nas zepsuło. Niczego nie pobraliśmy. Spróbuj ponownie za minutę.",
    provider_unavailable:
      "Usługa, która robi to dla nas, nie odpowiada. Niczego nie pobraliśmy. Spróbuj ponownie za minutę.",
    unavailable:
      "Kredo nie może się teraz połączyć z jedną ze swoich części. Niczego nie pobraliśmy. Spróbuj ponownie za minutę.",
  },
};
