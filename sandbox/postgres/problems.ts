import { Problem } from "../problem.ts";

/** Turns what Postgres printed into one line with the remedy; what we do not know is shown as it is. */
export function problemFrom(output: string, doing: string): Problem {
  if (/No space left on device/i.test(output)) {
    return new Problem(
      `${doing}: the disk is full. Free some space (the state folder needs about 300 MB) and start again.`,
    );
  }
  if (/could not map anonymous shared memory|Cannot allocate memory/i.test(output)) {
    return new Problem(`${doing}: not enough memory. Close something and start again.`);
  }
  if (
    /error while loading shared libraries|not found in the same directory|cannot execute|Exec format error/i.test(
      output,
    )
  ) {
    return new Problem(
      `${doing}: the Postgres binary does not run on this machine (${lastLine(output)}). ` +
        `Linux needs glibc; then run \`npm ci\` and \`npm start -- --reset\`.`,
    );
  }
  if (/database files are incompatible/i.test(output)) {
    return new Problem(`${doing}: the state folder was made by another Postgres. Run \`npm start -- --reset\`.`);
  }
  return new Problem(`${doing}: ${lastLine(output) || "Postgres said nothing"}. See postgres.log in the state folder.`);
}

export function portInUse(port: number): Problem {
  return new Problem(
    `Port ${port} (Postgres) is in use. Stop what uses it, or start with another KREDO_PORT_BASE, such as 18000.`,
  );
}

function lastLine(output: string): string {
  const lines = output.split("\n").map((line) => line.trim()).filter(Boolean);
  return lines.findLast((line) => /FATAL|ERROR|error/.test(line)) ?? lines.at(-1) ?? "";
}
