import { safeNext } from "../domain/accounts/safe-next.ts";
import { readForm } from "../platform/http/body.ts";
import { THEME_COOKIE } from "../platform/http/context.ts";
import { localePath } from "../locales/mod.ts";
import { handler } from "./$theme.ts";

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** Remembers light or dark; anything else forgets it, and the system decides again. */
export const handlers = handler({
  async POST({ req, state: { locale, services }, redirect }) {
    const form = await readForm(req);
    const theme = form.get("theme");
    const chosen = theme === "light" || theme === "dark";
    const answer = redirect(safeNext(form.get("next"), localePath(locale, "/")), 303);
    const secure = services.config.production ? "; Secure" : "";
    const cookie = `${THEME_COOKIE}=${chosen ? theme : ""}; Path=/; Max-Age=${chosen ? YEAR_SECONDS : 0}; SameSite=Lax`;
    const headers = new Headers(answer.headers);
    headers.append("set-cookie", `${cookie}; HttpOnly${secure}`);
    return new Response(null, { status: answer.status, headers });
  },
});
