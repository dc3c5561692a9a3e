import { ConfigError, parseWebConfig } from "./config.ts";

/**
 * Stops the start if the configuration is wrong. A Nitro plugin, because the app itself is loaded only
 * with the first request, which is too late to tell the operator.
 */
export default function startCheck(): void {
  try {
    parseWebConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
