const entities: Record<string, string> = {
  amp: "&",
  quot: '"',
  lt: "<",
  gt: ">",
  "#39": "'",
  "#x27": "'",
};
const decode = (text: string) =>
  text.replace(
    /&(amp|quot|lt|gt|#39|#x27);/gi,
    (_, name) => entities[name.toLowerCase()],
  );

/** The http(s) addresses a reader of the message could follow, in reading order, each once. */
export function linksIn(message: string): string[] {
  const links = new Set<string>();
  // href first, so that an address in quotes keeps the characters that end one in plain text.
  const pattern = /href\s*=\s*(?:"([^"]*)"|'([^']*)')|(https?:\/\/[^\s<>"')\]]+)/gi;
  for (const [, double, single, plain] of message.matchAll(pattern)) {
    const address = decode(double ?? single ?? plain.replace(/[.,;:!?]+$/, ""))
      .trim();
    if (/^https?:\/\//i.test(address) && URL.canParse(address)) {
      links.add(address);
    }
  }
  return [...links];
}
