import type { WidgetAuth } from "../../contract/sockets.ts";

export type Identity = NonNullable<WidgetAuth["identity"]>;

/** What the shop's page says about the widget. */
export interface Embed {
  /** Where the hub is: the folder that the script came from, with a slash at the end. */
  base: URL;
  inboxKey: string;
  /** A language the shop insists on; the browser's otherwise. */
  locale?: string;
  identity?: Identity;
}

/** A mistake in the shop's page: told to its developer, never to the shopper. */
export function tellDeveloper(message: string, ...details: unknown[]): void {
  // biome-ignore lint/suspicious/noConsole: the console of the shop's page is where its developer looks for this.
  console.warn(`[Parley] ${message}`, ...details);
}

/** Reads the script tag. Undefined, with a warning, when it names no inbox. */
export function readEmbed(script: HTMLScriptElement): Embed | undefined {
  const { inbox, locale, identity } = script.dataset;
  if (!inbox) {
    tellDeveloper("The script tag has no data-inbox attribute: the widget does not know which inbox it belongs to.");
    return undefined;
  }
  const vouched = identity ? parseIdentity(identity) : undefined;
  return {
    base: new URL(".", script.src),
    inboxKey: inbox,
    ...(locale && { locale }),
    ...(vouched && { identity: vouched }),
  };
}

/** Whom an identity speaks of, unchecked: tells customers of one browser apart. */
export function customerOf(identity: Identity): string {
  if ("externalId" in identity) return identity.externalId;
  try {
    // Letters that text beyond ASCII is made of may come out wrong: it is compared, not shown.
    const claims = identity.token.split(".")[1]?.replace(/-/g, "+").replace(/_/g, "/");
    return String(JSON.parse(atob(claims ?? "")).sub);
  } catch {
    return "";
  }
}

function parseIdentity(text: string): Identity | undefined {
  try {
    return checkIdentity(JSON.parse(text));
  } catch {
    tellDeveloper("data-identity is not JSON; the shopper stays anonymous.");
    return undefined;
  }
}

/** The parts of an identity the hub knows, or undefined with a warning. The hub checks the signature. */
export function checkIdentity(value: unknown): Identity | undefined {
  const { token, externalId, name, email, hash } = (value ?? {}) as Record<string, unknown>;
  if (typeof token === "string" && token) return { token };
  if (typeof externalId !== "string" || !externalId || typeof hash !== "string" || !hash) {
    tellDeveloper("An identity needs a token; the shopper stays anonymous.");
    return undefined;
  }
  return {
    externalId,
    hash,
    ...(typeof name === "string" && name && { name }),
    ...(typeof email === "string" && email && { email }),
  };
}
