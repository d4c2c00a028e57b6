import { execFileSync, spawnSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { Liquid } from "liquidjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Conversation } from "../../../contract/conversation.ts";
import { tokenSnippet } from "../../../web/console/settings/inboxes/snippets.ts";
import { startTestApp, type TestApp } from "../../support/app.ts";
import { identitySecret } from "../../support/identity.ts";
import { connectWidget } from "../../support/sockets.ts";

const AT = { hub: "https://hub.example", inboxKey: "chat" };
const CUSTOMER = { id: 4711, name: 'Ana "Añá" Ruiz <b>', email: "ana@example.com" };

let app: TestApp;
let secret: string;
beforeAll(async () => {
  app = await startTestApp();
  secret = await identitySecret(app);
});
afterAll(() => app.dispose());

/** Who the hub takes the bearer of a token for. */
async function contactOf(token: string): Promise<Conversation["contact"]> {
  const { socket } = await connectWidget(app.url, { identity: { token } });
  const sent = await socket.emitWithAck("message:send", { echoId: crypto.randomUUID(), text: "hello" });
  socket.disconnect();
  if (!sent.ok) throw new Error(JSON.stringify(sent));
  return (await app.call<Conversation>("GET", `/conversations/${sent.message.conversationId}`, undefined, app.admin))
    .body.contact;
}

const has = (program: string) => spawnSync(program, ["--version"]).status === 0;

describe("what a shop's developer copies from the settings signs a customer", () => {
  it("in Node", async () => {
    const code = `${tokenSnippet("Node", AT)}\nexport const token = parleyToken(${JSON.stringify({ ...CUSTOMER, emailConfirmed: true })}, ${JSON.stringify(secret)});`;
    const { token } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as { token: string };
    expect(await contactOf(token)).toMatchObject({ name: CUSTOMER.name, email: CUSTOMER.email, verified: true });
  });

  it.skipIf(!has("python3"))("in Python", async () => {
    const customer = JSON.stringify({ ...CUSTOMER, id: "py", email: "py@example.com", email_confirmed: 1 });
    const code = `${tokenSnippet("Python", AT)}\ncustomer = json.loads(${JSON.stringify(customer)})\ncustomer["email_confirmed"] = True\nprint(parley_token(customer, ${JSON.stringify(secret)}))`;
    const token = execFileSync("python3", ["-c", code], { encoding: "utf8" }).trim();
    expect(await contactOf(token)).toMatchObject({ name: CUSTOMER.name, email: "py@example.com" });
  });

  it.skipIf(!has("php"))("in PHP", async () => {
    const customer = `['id' => 'php', 'name' => 'Ana', 'email' => 'php@example.com', 'email_confirmed' => true]`;
    const code = `${tokenSnippet("PHP", AT)}\necho parley_token(${customer}, ${JSON.stringify(secret)});`;
    const token = execFileSync("php", ["-r", code], { encoding: "utf8" }).trim();
    expect(await contactOf(token)).toMatchObject({ name: "Ana", email: "php@example.com" });
  });

  it("in Shopify's Liquid, whose filters know no binary signature", async () => {
    const liquid = new Liquid();
    liquid.registerFilter("base64_url_safe_encode", (text: string) =>
      Buffer.from(text).toString("base64").replaceAll("+", "-").replaceAll("/", "_"),
    );
    liquid.registerFilter("hmac_sha256", (text: string, key: string) =>
      createHmac("sha256", key).update(text).digest("hex"),
    );
    const template = tokenSnippet("Shopify Liquid", AT).replace("'SECRET'", `'${secret}'`);
    // Lengths in all remainders of three, so that padding is met.
    for (const name of ["A", "An", "Ana", "Añá"]) {
      const page = await liquid.parseAndRender(template, {
        customer: { id: 4712, name, email: "liquid@example.com" },
      });
      expect(page).toContain('src="https://hub.example/widget.js" data-inbox="chat"');
      const token = /"token":"([^"]+)"/.exec(page)?.[1] ?? "";
      expect(token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]{43}$/);
      const contact = await contactOf(token);
      expect(contact).toMatchObject({ verified: true, emailHint: "liquid@example.com" });
    }
    expect((await liquid.parseAndRender(template, {})).trim()).toBe("");
  });
});
