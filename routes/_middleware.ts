import { currentRequest, type Locale, type Session, type Theme } from "../platform/request.ts";
import { type Services, services } from "../platform/services.ts";
import { middleware } from "./$_middleware.ts";

/** What every route finds in `ctx.state`. main.ts has checked and loaded all of it. */
export interface State {
  requestId: string;
  locale: Locale;
  theme: Theme;
  /** Path without the locale prefix. */
  path: string;
  nonce: string;
  /** Address of the client, for limits. */
  address: string;
  session: Session | null;
  services: Services;
}

export default middleware((ctx) => {
  const { requestId, locale, theme, path, nonce, address, session } = currentRequest();
  return ctx.next({ requestId, locale, theme, path, nonce, address, session, services: services() });
});
