/** The tag that puts the chat on a shop's page. */
export function embedSnippet(hub: string, inboxKey: string): string {
  return `<script src="${hub}/widget.js" data-inbox="${escapeAttribute(inboxKey)}" async></script>`;
}

/** The same tag for a customer who is logged in at the shop. */
export function identitySnippet(hub: string, inboxKey: string): string {
  return `<script src="${hub}/widget.js" data-inbox="${escapeAttribute(inboxKey)}"\n  data-identity='{"token":"TOKEN"}' async></script>`;
}

/** How a shop's server signs a customer, by what it is written in: a JWT, HS256 under the inbox's secret. */
export const TOKEN_SNIPPETS = {
  Node: `import { createHmac } from "node:crypto";

function parleyToken(customer, secret) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = {
    aud: "parley-widget",
    exp: Math.floor(Date.now() / 1000) + 3600,
    sub: String(customer.id),
    name: customer.name,
    email: customer.email,
    email_verified: customer.emailConfirmed,
  };
  const text = part({ alg: "HS256", typ: "JWT" }) + "." + part(claims);
  return text + "." + createHmac("sha256", secret).update(text).digest("base64url");
}`,
  PHP: `function parley_token(array $customer, string $secret): string {
  $part = fn (string $bytes) => rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
  $claims = [
    'aud' => 'parley-widget',
    'exp' => time() + 3600,
    'sub' => (string) $customer['id'],
    'name' => $customer['name'],
    'email' => $customer['email'],
    'email_verified' => $customer['email_confirmed'],
  ];
  $text = $part(json_encode(['alg' => 'HS256', 'typ' => 'JWT'])) . '.' . $part(json_encode($claims));
  return $text . '.' . $part(hash_hmac('sha256', $text, $secret, true));
}`,
  Python: `import base64, hashlib, hmac, json, time

def parley_token(customer, secret):
    def part(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    claims = {
        "aud": "parley-widget",
        "exp": int(time.time()) + 3600,
        "sub": str(customer["id"]),
        "name": customer["name"],
        "email": customer["email"],
        "email_verified": customer["email_confirmed"],
    }
    text = part(b'{"alg":"HS256","typ":"JWT"}') + "." + part(json.dumps(claims).encode())
    return text + "." + part(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest())`,
  // Shopify's filters give the signature in hexadecimal digits; three of them are two letters of base64.
  "Shopify Liquid": `{%- if customer -%}
  {%- assign exp = 'now' | date: '%s' | plus: 3600 -%}
  {%- capture claims -%}
    {"aud":"parley-widget","exp":{{ exp }},"sub":"{{ customer.id }}","name":{{ customer.name | json }},"email":{{ customer.email | json }},"email_verified":false}
  {%- endcapture -%}
  {%- assign claims = claims | strip | base64_url_safe_encode | remove: '=' -%}
  {%- assign token = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.' | append: claims -%}
  {%- assign digits = token | hmac_sha256: 'SECRET' | append: '00' | split: '' -%}
  {%- assign letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_' | split: '' -%}
  {%- capture signature -%}
    {%- for i in (0..21) -%}
      {%- assign start = i | times: 3 -%}
      {%- assign value = 0 -%}
      {%- for digit in digits limit: 3 offset: start -%}
        {%- assign amount = '0123456789abcdef' | split: digit | first | size -%}
        {%- assign value = value | times: 16 | plus: amount -%}
      {%- endfor -%}
      {%- assign high = value | divided_by: 64 | floor -%}
      {%- assign low = value | modulo: 64 -%}
      {{- letters[high] -}}{{- letters[low] -}}
    {%- endfor -%}
  {%- endcapture -%}
  {%- assign signature = signature | slice: 0, 43 -%}
  {%- assign token = token | append: '.' | append: signature -%}
  <script src="HUB/widget.js" data-inbox="INBOX" data-identity='{"token":"{{ token }}"}' async></script>
{%- endif -%}`,
} as const;
export type TokenLanguage = keyof typeof TOKEN_SNIPPETS;

/** How to sign a customer in one of these languages, for an inbox of this hub. */
export function tokenSnippet(language: TokenLanguage, { hub, inboxKey }: { hub: string; inboxKey: string }): string {
  return TOKEN_SNIPPETS[language].replace("HUB", hub).replace("INBOX", escapeAttribute(inboxKey));
}

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
