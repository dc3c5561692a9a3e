import { messages } from "../../locales/mod.ts";
import { currentRequest } from "../../platform/request.ts";

export function SkipLink() {
  return (
    <a href="#content" class="skip-link rounded-md bg-accent px-4 py-2 font-semibold text-on-accent">
      {messages(currentRequest().locale).skip}
    </a>
  );
}
