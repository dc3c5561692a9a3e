/** The billing portal Stripe would host: `GET` shows it, `POST` with an `action` does something. */
import { type Html } from "../../html.ts";
import { isOwnForm } from "../../own-form.ts";
import type { Account, PortalSession } from "../account.ts";
import { pageCards } from "../cards.ts";
import { actAtPortal, type PortalAct, portalOf } from "../portal.ts";
import { document, notice, redirect } from "./document.ts";
import { type Language, languageFor } from "./language.ts";
import { portalView } from "./portal-view.ts";
import { portalWords } from "./portal-words.ts";

export function createPortalPage(account: Account): (request: Request) => Promise<Response> {
  return async function answer(request) {
    const session = account.portalSessions.get(new URL(request.url).pathname.slice("/portal/".length));
    const language = languageFor(session?.locale, request);
    const words = portalWords[language];
    if (!session) return page(404, language, notice("plain", words.missingTitle, words.missingText));
    if (request.method === "GET" || request.method === "HEAD") return show(session, language);
    if (request.method !== "POST") {
      return new Response("Method not allowed", { status: 405, headers: { allow: "GET, POST" } });
    }
    if (!isOwnForm(request)) return new Response("This form may only be sent from its own page.", { status: 403 });
    const act = actOf(await request.formData().catch(() => new FormData()));
    if (!act || !actAtPortal(account, session, act)) {
      return show(
        session,
        language,
        act?.action === "pay" ? 402 : 400,
        notice("alert", words.refusedTitle, words.refusedText),
      );
    }
    return redirect(nextOf(session));
  };

  function show(session: PortalSession, language: Language, status = 200, above?: Html): Response {
    return page(status, language, portalView(account, portalOf(account, session), language, above), session);
  }
}

/** A flow that is done leads where its session says; anything else comes back to the page. */
function nextOf({ id, flow }: PortalSession): string {
  const after = flow?.after_completion;
  return after?.type === "redirect" && after.redirect ? after.redirect.return_url : `/portal/${id}`;
}

function actOf(form: FormData): PortalAct | undefined {
  const field = (name: string) => {
    const value = form.get(name);
    return typeof value === "string" ? value.trim() : "";
  };
  const action = field("action");
  if (action === "cancel" || action === "resume") return { action };
  if (action === "switch") return { action, price: field("price") };
  if (action === "pay") return { action, invoice: field("invoice") };
  if (action === "details") {
    const [name, email, country, tax_id] = ["name", "email", "country", "tax_id"].map(field);
    return { action, name, email, country, tax_id };
  }
  const card = field("card");
  if (action !== "card" || !(card === "none" || Object.hasOwn(pageCards, card))) return undefined;
  return { action, card: card as keyof typeof pageCards | "none" };
}

function page(status: number, language: Language, body: Html, session?: PortalSession): Response {
  const words = portalWords[language];
  return document({
    status,
    lang: language,
    title: words.title,
    banner: { sandbox: words.sandbox, text: words.noMoney },
    body,
    leadsTo: [session?.return_url, session?.flow?.after_completion.redirect?.return_url],
  });
}
