import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ConfigError, loadConfig } from "../../server/config.ts";

function folder(): string {
  return mkdtempSync(join(tmpdir(), "parley-config-"));
}

function problemOf(environment: Record<string, string>): ConfigError {
  try {
    loadConfig({ DATA_DIR: folder(), ...environment });
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("the settings were accepted");
}

describe("settings", () => {
  test("nothing needs to be set", () => {
    const config = loadConfig({ DATA_DIR: folder() });
    expect(config).toMatchObject({
      port: 3000,
      host: "127.0.0.1",
      demo: "without_mailbox",
      secureCookies: false,
      smtpListenPort: 2525,
    });
  });

  test.each([
    ["PORT", "99999"],
    ["PORT", "http"],
    ["PUBLIC_URL", "help.example.com"],
    ["PUBLIC_URL", "https://example.com/help"],
    ["MONGODB_URI", "postgres://db"],
    ["REDIS_URL", "db:6379"],
    ["SECRET_KEY", "short"],
    ["ADMIN_EMAIL", "admin"],
    ["ADMIN_PASSWORD", "123456789"],
    ["DEMO", "maybe"],
    ["OPENAI_BASE_URL", "ftp://models"],
    ["SMTP_URL", "mail.example.com"],
    ["MAIL_DOMAIN", "not a domain"],
    ["SMTP_LISTEN_PORT", "-1"],
    ["LOG_LEVEL", "loud"],
    ["TRUST_PROXY", "yes"],
  ])("a wrong %s is named in one line that does not repeat the value", (name, value) => {
    const problem = problemOf({ [name]: value });
    expect(problem.variable).toBe(name);
    expect(problem.message).toMatch(new RegExp(`^${name} \\S`));
    expect(problem.message).not.toContain("\n");
    if (name.startsWith("ADMIN_P") || name === "SECRET_KEY") expect(problem.message).not.toContain(value);
  });

  test("the process reads .env, says which setting is wrong and exits", () => {
    const cwd = folder();
    writeFileSync(join(cwd, ".env"), "PORT=none\n");
    const script = `import { loadConfigOrExit } from ${JSON.stringify(join(import.meta.dirname, "../../server/config.ts"))}; loadConfigOrExit();`;
    const run = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      env: { PATH: process.env.PATH, DATA_DIR: folder() },
      cwd,
      encoding: "utf8",
    });
    expect(run.status).toBe(1);
    expect(run.stderr).toBe("Parley cannot start: PORT must be a whole number from 0 to 65535\n");
  });

  test("a secret may come from a file, but not twice", () => {
    const path = join(folder(), "smtp");
    writeFileSync(path, "smtp://user:secret@mail.example.com\n");
    expect(loadConfig({ DATA_DIR: folder(), SMTP_URL_FILE: path }).smtpUrl).toBe("smtp://user:secret@mail.example.com");
    expect(problemOf({ SMTP_URL_FILE: path, SMTP_URL: "smtp://other" }).variable).toBe("SMTP_URL");
    expect(problemOf({ SMTP_URL_FILE: `${path}-missing` }).variable).toBe("SMTP_URL_FILE");
  });

  test("an empty value counts as unset", () => {
    expect(loadConfig({ DATA_DIR: folder(), MONGODB_URI: "", PORT: "" })).toMatchObject({ port: 3000 });
  });

  test("an https address makes cookies secure and loses its trailing slash", () => {
    expect(loadConfig({ DATA_DIR: folder(), PUBLIC_URL: "https://help.example.com/" })).toMatchObject({
      publicUrl: "https://help.example.com",
      secureCookies: true,
    });
  });

  test.each([
    ["in production", { NODE_ENV: "production" }],
    ["with an address for the world", { PUBLIC_URL: "https://help.example.com" }],
    ["when the network can reach it", { HOST: "0.0.0.0" }],
    ["when the network can reach it by IPv6", { HOST: "::" }],
    ["behind a name that need not be this machine", { HOST: "hub.internal" }],
  ])("a hub has no demo %s, unless it is asked for", (_where, environment) => {
    expect(loadConfig({ DATA_DIR: folder(), ...environment }).demo).toBe("off");
    expect(loadConfig({ DATA_DIR: folder(), ...environment, DEMO: "true" }).demo).toBe("on");
  });

  test.each(["127.0.0.1", "127.8.8.8", "localhost", "::1", "::ffff:127.0.0.1"])("a hub on %s has a demo", (host) => {
    expect(loadConfig({ DATA_DIR: folder(), HOST: host }).demo).toBe("without_mailbox");
  });

  test("several nodes must be given one secret", () => {
    expect(problemOf({ REDIS_URL: "redis://cache" }).variable).toBe("SECRET_KEY");
  });

  test("every variable is in .env.example", () => {
    const example = readFileSync(join(import.meta.dirname, "../../.env.example"), "utf8");
    const source = readFileSync(join(import.meta.dirname, "../../server/config.ts"), "utf8");
    const names = [...source.matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map((match) => match[1]);
    expect(names.length).toBeGreaterThan(15);
    for (const name of names.filter((each) => each !== "NODE_ENV"))
      expect(example).toMatch(new RegExp(`^#${name}=`, "m"));
  });
});

describe("the hub's own secret", () => {
  test("is made once, kept for its owner alone, and the same after a restart", () => {
    const DATA_DIR = join(folder(), "data");
    const first = loadConfig({ DATA_DIR }).secretKey;
    expect(first.length).toBeGreaterThanOrEqual(43);
    expect(statSync(join(DATA_DIR, "secret.key")).mode & 0o777).toBe(0o600);
    expect(loadConfig({ DATA_DIR }).secretKey).toBe(first);
    expect(loadConfig({ DATA_DIR: folder() }).secretKey).not.toBe(first);
  });

  test("a damaged one stops the start instead of being replaced", () => {
    const DATA_DIR = folder();
    writeFileSync(join(DATA_DIR, "secret.key"), "");
    expect(problemOf({ DATA_DIR }).variable).toBe("DATA_DIR");
  });
});
