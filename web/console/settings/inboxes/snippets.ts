/** The tag that puts the chat on a shop's page. */
export function embedSnippet(hub: string, inboxKey: string): string {
  return `<script src="${hub}/widget.js" data-inbox="${escapeAttribute(inboxKey)}" async></script>`;
}

/** The same tag for a customer who is logged in at the shop. */
export function identitySnippet(hub: string, inboxKey: string): string {
  const identity = '{"externalId":"CUSTOMER_ID","name":"CUSTOMER_NAME","hash":"HASH"}';
  return `<script src="${hub}/widget.js" data-inbox="${escapeAttribute(inboxKey)}"\n  data-identity='${identity}' async></script>`;
}

/** How a shop's server makes the hash: hex HMAC-SHA256 of the customer's id. */
export const HASH_SNIPPET =
  'import { createHmac } from "node:crypto";\n\nconst hash = createHmac("sha256", SECRET).update(CUSTOMER_ID).digest("hex");';

/** An address as its web origin: "https://shop.example/path" → "https://shop.example". Undefined when it is none. */
export function toOrigin(text: string): string | undefined {
  try {
    const url = new URL(text.trim());
    return url.protocol === "https:" || url.protocol === "http:" ? url.origin : undefined;
  } catch {
    return undefined;
  }
}

function escapeAttribute(text: string): string {
  return text.replace(/[&"<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}
