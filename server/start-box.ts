import type { FirstStart } from "./actions/ensure-workspace.ts";
import { type Config, isLoopback } from "./config.ts";

export interface StartBoxOptions {
  config: Config;
  url: string;
  firstStart: FirstStart;
  /** The demo pages that are served. */
  demo: { shop: boolean; mailbox: boolean };
  /** Where mail comes in by SMTP, if it does. */
  smtpPort?: number | undefined;
}

/** What `npm start` tells whoever started it: where to go, what is open to whom, and on the first start how to log in. */
export function startBox({ config, url, firstStart, demo, smtpPort }: StartBoxOptions): string {
  const address = config.publicUrl ?? url;
  const lines = [`Parley is running at ${address}`, ""];
  if (firstStart.admin) {
    const { email, password } = firstStart.admin;
    lines.push(`Log in        ${address}/console`, `  email       ${email}`);
    lines.push(
      password
        ? `  password    ${password}   (once; you choose your own after it)`
        : "  password    as given in ADMIN_PASSWORD",
    );
  } else lines.push(`Console       ${address}/console`);
  if (demo.shop) lines.push(`Demo shop     ${address}/demo`);
  if (demo.mailbox) lines.push(`Demo mailbox  ${address}/mailbox   (for admins)`);
  lines.push(`API           ${address}/api/docs`, "");
  if (!config.openai.apiKey && !config.openai.baseUrl) {
    lines.push(
      "The bot answers from the FAQ alone. To connect a model, set OPENAI_API_KEY",
      "or OPENAI_BASE_URL (see .env.example).",
    );
  } else lines.push(`Model         ${config.openai.model}`);
  lines.push(`Open to       ${openTo(config, demo, smtpPort)}`);
  lines.push(`Data          ${config.mongodbUri ? "the MongoDB of MONGODB_URI" : config.dataDir}`, "Stop with Ctrl+C.");
  const width = Math.max(...lines.map((line) => line.length));
  const edge = "─".repeat(width + 2);
  const body = lines.map((line) => `│ ${line.padEnd(width)} │`);
  return ["", `┌${edge}┐`, ...body, `└${edge}┘`, ""].join("\n");
}

/** Who can reach the hub, and what they find there without a login. */
function openTo(config: Config, demo: StartBoxOptions["demo"], smtpPort: number | undefined): string {
  const parts = ["chat", "buyers' pages", "login", ...(demo.shop ? ["demo shop"] : [])];
  if (smtpPort) parts.push(`mail on port ${smtpPort}`);
  const what = parts.join(", ");
  return isLoopback(config.host) ? `this machine only: ${what}` : `everyone who can reach ${config.host}: ${what}`;
}

/** Why the hub cannot start, in one line for whoever started it. */
export function startProblem(config: Config, error: unknown): string {
  const problem = error instanceof Error ? error : new Error(String(error));
  const isPortTaken = (problem as NodeJS.ErrnoException).code === "EADDRINUSE";
  const reason = isPortTaken ? `port ${config.port} is taken: stop what uses it, or set PORT` : problem.message;
  return `Parley cannot start: ${reason}\n`;
}
