import type { FirstStart } from "./actions/ensure-workspace.ts";
import type { Config } from "./config.ts";

/** What `npm start` tells whoever started it: where to go, and on the first start how to log in. */
export function startBox({ config, url, firstStart }: { config: Config; url: string; firstStart: FirstStart }): string {
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
  if (config.demo) lines.push(`Demo shop     ${address}/demo`);
  if (config.demo && !config.smtpUrl) lines.push(`Demo mailbox  ${address}/mailbox`);
  lines.push(`API           ${address}/api/docs`, "");
  if (!config.openai.apiKey && !config.openai.baseUrl) {
    lines.push(
      "The bot answers from the FAQ alone. To connect a model, set OPENAI_API_KEY",
      "or OPENAI_BASE_URL (see .env.example).",
    );
  } else lines.push(`Model         ${config.openai.model}`);
  lines.push(`Data          ${config.mongodbUri ? "the MongoDB of MONGODB_URI" : config.dataDir}`, "Stop with Ctrl+C.");
  const width = Math.max(...lines.map((line) => line.length));
  const edge = "─".repeat(width + 2);
  const body = lines.map((line) => `│ ${line.padEnd(width)} │`);
  return ["", `┌${edge}┐`, ...body, `└${edge}┘`, ""].join("\n");
}
