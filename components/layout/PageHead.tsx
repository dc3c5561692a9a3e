import { Head } from "fresh/runtime";
import { localePath, LOCALES } from "../../locales/mod.ts";
import { currentRequest } from "../../platform/request.ts";

/** Title and, for pages that strangers and search engines may find, a description and the page's addresses. */
export function PageHead({ title, description }: { title: string; description?: string }) {
  const { locale, path, origin } = currentRequest();
  const address = (to: typeof locale) => origin + localePath(to, path);
  if (!description) {
    return (
      <Head>
        <title>{title}</title>
        <meta name="robots" content="noindex" />
      </Head>
    );
  }
  return (
    <Head>
      <title>{title}</title>
      <meta name="description" content={description} />
      <link rel="canonical" href={address(locale)} />
      {LOCALES.map((each) => <link key={`alternate-${each}`} rel="alternate" hreflang={each} href={address(each)} />)}
      <link key="alternate-default" rel="alternate" hreflang="x-default" href={address("en")} />
      <meta key="og:title" property="og:title" content={title} />
      <meta key="og:description" property="og:description" content={description} />
      <meta key="og:type" property="og:type" content="website" />
      <meta key="og:url" property="og:url" content={address(locale)} />
      <meta key="og:locale" property="og:locale" content={locale === "pl" ? "pl_PL" : "en_US"} />
    </Head>
  );
}
