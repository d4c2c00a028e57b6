import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import type { Network } from "./outbound-http.ts";
import { hasSecretKey, loadOrCreateSecretKey } from "./secret-key.ts";

/** A setting that keeps the hub from starting. The message is one line that names the variable. */
export class ConfigError extends Error {
  readonly variable: string;
  constructor(variable: string, problem: string) {
    super(`${variable} ${problem}`);
    this.name = "ConfigError";
    this.variable = variable;
  }
}

const flag = z
  .enum(["true", "false", "1", "0", "yes", "no", "on", "off"], { error: "must be true or false" })
  .transform((value) => ["true", "1", "yes", "on"].includes(value));

function port(fallback: number) {
  return z
    .string()
    .regex(/^\d{1,5}$/, "must be a whole number from 0 to 65535")
    .transform(Number)
    .refine((value) => value <= 65_535, "must be a whole number from 0 to 65535")
    .default(fallback);
}

function url(schemes: string[]) {
  const problem = `must be an address that begins with ${schemes.map((scheme) => `${scheme}//`).join(" or ")}`;
  const fits = (value: string) => URL.canParse(value) && schemes.includes(new URL(value).protocol);
  return z.string().refine(fits, { error: problem, abort: true });
}

/** One entry per variable, with what it does. `.env.example` repeats them for people. */
const environmentSchema = z.object({
  /** `production` turns the demo off by default. */
  NODE_ENV: z.string().optional(),
  /** Port of the HTTP server; 0 takes a free one. */
  PORT: port(3000),
  /** Address the server listens on. 0.0.0.0 opens it to the network. */
  HOST: z.string().default("127.0.0.1"),
  /** Where people reach the hub, such as https://help.example.com. Cookies are Secure when it is https. */
  PUBLIC_URL: url(["http:", "https:"])
    .refine((value) => ["", "/"].includes(new URL(value).pathname), "must have no path: the hub lives at the root")
    .transform((value) => new URL(value).origin)
    .optional(),
  /** Reverse proxies whose X-Forwarded-For, -Proto and -Host, or Forwarded, are believed: loopback, uniquelocal or addresses, comma separated. */
  TRUST_PROXY: z
    .string()
    .transform((value) => value.split(",").map((part) => part.trim()))
    .refine(
      (parts) =>
        parts.every((part) => /^(loopback|linklocal|uniquelocal)$|^[0-9.]+(\/\d+)?$|^[0-9a-f:]+(\/\d+)?$/i.test(part)),
      "must list loopback, linklocal, uniquelocal or addresses, comma separated",
    )
    .default([]),
  /** Networks in CIDR form, comma separated, that webhooks and mailboxes may reach although they are not on the open internet. */
  ALLOW_NETWORKS: z
    .string()
    .transform((value) => value.split(",").map((part) => part.trim()))
    .refine((parts) => parts.every(ipaddr.isValidCIDR), {
      error: "must list networks such as 10.1.0.0/16, comma separated",
      abort: true,
    })
    .transform((parts) => parts.map((part): Network => ipaddr.parseCIDR(part)))
    .default([]),
  /** Folder of the embedded database and of the hub's own secret. */
  DATA_DIR: z.string().default("./data"),
  /** A MongoDB to use instead of the embedded database. */
  MONGODB_URI: url(["mongodb:", "mongodb+srv:"]).optional(),
  /** Joins several nodes: Socket.IO streams and shared rate limits. */
  REDIS_URL: url(["redis:", "rediss:"]).optional(),
  /** Signs links and visitor tokens. Made and kept in DATA_DIR when unset. */
  SECRET_KEY: z.string().min(32, "must have at least 32 characters").optional(),
  /** The first admin, made on an empty database. */
  ADMIN_EMAIL: z.email("must be an email address").optional(),
  ADMIN_PASSWORD: z.string().min(10, "must have at least 10 characters").max(200).optional(),
  /**
   * Demo shop page and local mailbox. On by default on a hub of one's own machine: off when HOST is not loopback,
   * PUBLIC_URL is set, NODE_ENV is production, or a real mailbox is connected.
   */
  DEMO: flag.optional(),
  /** An OpenAI-compatible model for the bot; without a key or base address the bot works from the FAQ alone. */
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_BASE_URL: url(["http:", "https:"]).optional(),
  OPENAI_MODEL: z.string().default("gpt-4.1-mini"),
  OPENAI_EMBEDDING_MODEL: z.string().optional(),
  /** Server for outgoing mail; without it mail goes to the local mailbox page. */
  SMTP_URL: url(["smtp:", "smtps:"]).optional(),
  /** Domain of the hub's email addresses. */
  MAIL_DOMAIN: z
    .string()
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/i, "must be a domain name")
    .default("parley.localhost"),
  /** Port of the inbound SMTP server; 0 turns it off. */
  SMTP_LISTEN_PORT: port(2525),
  /** Key and certificate of the inbound SMTP server, in PEM form; without them it offers ones that it made itself. */
  SMTP_TLS_KEY: z.string().includes("PRIVATE KEY", { error: "must be a private key in PEM form" }).optional(),
  SMTP_TLS_CERT: z.string().includes("CERTIFICATE", { error: "must be a certificate in PEM form" }).optional(),
  /** Mail servers in front of the hub that have checked who sends: addresses and networks, comma separated. */
  MAIL_TRUSTED_RELAYS: z
    .string()
    .transform((value) => value.split(",").map((part) => part.trim()))
    .refine((parts) => parts.every((part) => ipaddr.isValid(part) || ipaddr.isValidCIDR(part)), {
      error: "must list addresses such as 192.0.2.7 or networks such as 192.0.2.0/24, comma separated",
    })
    .default([]),
  LOG_LEVEL: z
    .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"], {
      error: "must be one of fatal, error, warn, info, debug, trace, silent",
    })
    .default("info"),
});

/** Variables that may hold a secret: each may be given as NAME_FILE, a path to a file with the value. */
const SECRETS = [
  "MONGODB_URI",
  "REDIS_URL",
  "SECRET_KEY",
  "ADMIN_PASSWORD",
  "OPENAI_API_KEY",
  "SMTP_URL",
  "SMTP_TLS_KEY",
  "SMTP_TLS_CERT",
] as const satisfies (keyof z.input<typeof environmentSchema>)[];

/** The hub's settings, typed and complete. Paths are absolute, ports numbers, unset optionals undefined. */
export interface Config {
  production: boolean;
  port: number;
  host: string;
  /** Origin without a trailing slash, such as https://help.example.com. */
  publicUrl?: string;
  secureCookies: boolean;
  trustProxy: string[];
  /** Private networks that the hub may send to. */
  allowNetworks: Network[];
  dataDir: string;
  /** An earlier hub kept its secret in `dataDir`: its embedded database must be there too. */
  hadData: boolean;
  /** Begin with an empty embedded database where the one that should be there is missing (`npm start -- --new`). */
  beginAnew?: boolean;
  mongodbUri?: string;
  redisUrl?: string;
  secretKey: string;
  admin: { email?: string; password?: string };
  /** Whether the demo pages are served; `without_mailbox`: until a real mailbox is connected. */
  demo: "on" | "off" | "without_mailbox";
  openai: { apiKey?: string; baseUrl?: string; model: string; embeddingModel?: string };
  smtpUrl?: string;
  mailDomain: string;
  smtpListenPort: number;
  /** Addresses and networks whose mails count as checked. */
  mailTrustedRelays: string[];
  smtpTls?: { key: string; cert: string };
  logLevel: string;
}

/**
 * Reads the settings from environment variables.
 * @throws ConfigError for the first variable that is wrong.
 */
export function loadConfig(environment: Record<string, string | undefined>): Config {
  const parsed = environmentSchema.safeParse(withSecretFiles(environment));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new ConfigError(String(issue?.path[0]), issue?.message ?? "is not valid");
  }
  const env = parsed.data;
  if (env.REDIS_URL && !env.SECRET_KEY) {
    throw new ConfigError("SECRET_KEY", "must be set when REDIS_URL is: all nodes sign with the same key");
  }
  if (Boolean(env.SMTP_TLS_KEY) !== Boolean(env.SMTP_TLS_CERT)) {
    throw new ConfigError(env.SMTP_TLS_KEY ? "SMTP_TLS_CERT" : "SMTP_TLS_KEY", "must be set where the other one is");
  }
  const production = env.NODE_ENV === "production";
  const dataDir = resolve(env.DATA_DIR);
  return {
    production,
    port: env.PORT,
    host: env.HOST,
    publicUrl: env.PUBLIC_URL,
    secureCookies: env.PUBLIC_URL?.startsWith("https:") ?? false,
    trustProxy: env.TRUST_PROXY,
    allowNetworks: env.ALLOW_NETWORKS,
    dataDir,
    // Before the line below makes a key.
    hadData: hasSecretKey(dataDir),
    mongodbUri: env.MONGODB_URI,
    redisUrl: env.REDIS_URL,
    secretKey: env.SECRET_KEY ?? secretKeyIn(dataDir),
    admin: { email: env.ADMIN_EMAIL, password: env.ADMIN_PASSWORD },
    demo: demoOf(env, production),
    openai: {
      apiKey: env.OPENAI_API_KEY,
      baseUrl: env.OPENAI_BASE_URL,
      model: env.OPENAI_MODEL,
      embeddingModel: env.OPENAI_EMBEDDING_MODEL,
    },
    smtpUrl: env.SMTP_URL,
    mailDomain: env.MAIL_DOMAIN.toLowerCase(),
    smtpListenPort: env.SMTP_LISTEN_PORT,
    mailTrustedRelays: env.MAIL_TRUSTED_RELAYS,
    ...(env.SMTP_TLS_KEY && env.SMTP_TLS_CERT && { smtpTls: { key: env.SMTP_TLS_KEY, cert: env.SMTP_TLS_CERT } }),
    logLevel: env.LOG_LEVEL,
  };
}

/** Whether other processes may work on the same database. */
export function isShared({ mongodbUri, redisUrl }: Pick<Config, "mongodbUri" | "redisUrl">): boolean {
  return mongodbUri !== undefined || redisUrl !== undefined;
}

/**
 * The settings of this process: its environment, and what the file `.env` of the working directory adds to it.
 * A wrong setting prints one line and exits with status 1.
 */
export function loadConfigOrExit(): Config {
  try {
    if (existsSync(".env")) process.loadEnvFile(".env");
    return loadConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`Parley cannot start: ${error.message}\n`);
    process.exit(1);
  }
}

function demoOf(env: z.output<typeof environmentSchema>, production: boolean): Config["demo"] {
  if (env.DEMO !== undefined) return env.DEMO ? "on" : "off";
  return production || env.PUBLIC_URL !== undefined || !isLoopback(env.HOST) ? "off" : "without_mailbox";
}

/** Whether an address to listen on is reached from this machine alone. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, "");
  if (!ipaddr.isValid(bare)) return bare.toLowerCase() === "localhost";
  return ipaddr.process(bare).range() === "loopback";
}

/** Empty strings count as unset, as compose files write them; NAME_FILE fills NAME. */
function withSecretFiles(environment: Record<string, string | undefined>): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && value !== "") values[name] = value;
  }
  for (const name of SECRETS) {
    const path = values[`${name}_FILE`];
    if (!path) continue;
    if (values[name]) throw new ConfigError(name, `and ${name}_FILE are both set: keep one`);
    try {
      values[name] = readFileSync(path, "utf8").trim();
    } catch (error) {
      throw new ConfigError(`${name}_FILE`, `can not be read: ${(error as Error).message}`);
    }
    if (!values[name]) throw new ConfigError(`${name}_FILE`, "names an empty file");
  }
  return values;
}

function secretKeyIn(dataDir: string): string {
  try {
    return loadOrCreateSecretKey(dataDir);
  } catch (error) {
    throw new ConfigError("DATA_DIR", `can not keep the hub's secret: ${(error as Error).message}`);
  }
}
