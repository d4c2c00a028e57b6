import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type {
  Automation,
  AutomationFile,
  AutomationSettings,
  AutomationVersion,
} from "../../../contract/automation.ts";
import type { Template, TemplatePreview } from "../../../contract/template.ts";
import { type Answer, createColleague, startTestApp, type TestApp } from "../../support/app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.dispose());

const get = async <T>(path: string) => (await app.call<T>("GET", path, undefined, app.admin)).body;
const post = <T>(path: string, body: unknown) => app.call<T>("POST", path, body, app.admin);
const RULE = {
  name: "Ask after delivery",
  trigger: { type: "order.delivered" },
  conditions: { match: "all", items: [{ field: "order.total", operator: "more_than", value: 50 }] },
  actions: [{ type: "send_template", template: "delivered_today" }],
};
type Problem = {
  error: { code: string; details: { issues: { path: string }[]; problems: unknown[]; usedBy: unknown } };
};

/** With `If-Match`, as the screens change things. */
async function patch<T>(path: string, body: unknown, version: number): Promise<Answer<T>> {
  const response = await fetch(`${app.url}/api/v1${path}`, {
    method: "PATCH",
    headers: { "content-type": "application/json", "if-match": `"${version}"`, ...(app.admin as { cookie: string }) },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as T, headers: response.headers };
}

describe("a seller who opens Automations", () => {
  it("finds the default rules, off but for the one that answers those who wait out of hours", async () => {
    const rules = await get<Automation[]>("/automations");
    expect(rules.map(({ key }) => key)).toEqual(
      expect.arrayContaining(["order_confirmed", "order_late", "install_guide"]),
    );
    expect(rules.filter(({ enabled }) => enabled).map(({ key }) => key)).toEqual(["outside_hours"]);
    const templates = await get<Template[]>("/templates");
    const sent = rules.flatMap(({ actions }) =>
      actions.flatMap((one) => (one.type === "send_template" ? [one.template] : [])),
    );
    expect(templates.map(({ key }) => key).sort()).toEqual([...new Set(sent)].sort());
  });

  it("turns one on with one switch, and sees who did", async () => {
    const [rule] = await get<Automation[]>("/automations");
    const on = await patch<Automation>(`/automations/${rule?.id}`, { enabled: true }, rule?.version ?? 0);
    expect(on).toMatchObject({ status: 200, body: { enabled: true, version: 2, updatedBy: "Admin" } });
    const stale = await patch(`/automations/${rule?.id}`, { enabled: false }, rule?.version ?? 0);
    expect(stale).toMatchObject({ status: 409, body: { error: { code: "version_mismatch" } } });
    const history = await get<AutomationVersion[]>(`/automations/${rule?.id}/history`);
    expect(history.map(({ version, fields, by }) => [version, fields, by.name])).toEqual([
      [2, ["enabled"], "Admin"],
      [1, ["created"], "Parley"],
    ]);
  });

  it("brings an earlier version back", async () => {
    const { body: made } = await post<Automation>("/automations", RULE);
    await app.call("PATCH", `/automations/${made.id}`, { name: "Another name", windowHours: 5 }, app.admin);
    const back = await post<Automation>(`/automations/${made.id}/restore`, { version: 1 });
    expect(back.body).toMatchObject({ version: 3, name: RULE.name, windowHours: 72 });
    expect((await app.call("DELETE", `/automations/${made.id}`, undefined, app.admin)).status).toBe(204);
    expect((await app.call("GET", `/automations/${made.id}`, undefined, app.admin)).status).toBe(404);
  });

  it("takes the rules to another shop as a file", async () => {
    const file = await get<AutomationFile>("/automations/export");
    const again = await post("/automations/import", file);
    expect(again.body).toMatchObject({ automations: { created: 0, updated: file.automations.length } });
    const renamed = {
      ...file,
      automations: [{ ...RULE, name: "From elsewhere", enabled: true }],
      templates: [{ key: "from_elsewhere", name: "x", texts: { en: { text: "Hello" } } }],
    };
    expect((await post("/automations/import", renamed)).body).toMatchObject({
      automations: { created: 1 },
      templates: { created: 1 },
    });
    const rules = await get<Automation[]>("/automations");
    expect(rules.find(({ name }) => name === "From elsewhere")?.enabled).toBe(false);
  });

  it("sets when buyers are left in peace", async () => {
    const before = await get<AutomationSettings>("/automations/settings");
    expect(before.quietHours).toEqual({ from: "20:00", to: "09:00" });
    const change = { quietHours: { from: "21:30", to: "08:00" } };
    const after = await patch<AutomationSettings>("/automations/settings", change, before.version);
    expect(after.body).toEqual({ ...before, ...change, version: 1 });
    expect((await patch("/automations/settings", change, before.version)).status).toBe(409);
    expect(await get("/automations/settings")).toEqual(after.body);
  });

  it("is an agent: reads, but changes nothing", async () => {
    const { credentials } = await createColleague(app, { name: "Lena" });
    expect((await app.call("GET", "/automations", undefined, credentials)).status).toBe(200);
    expect((await app.call("POST", "/automations", RULE, credentials)).status).toBe(403);
  });
});

describe("a rule that can not work", () => {
  it.each([
    [
      "a field that its trigger does not know",
      { conditions: { match: "all", items: [{ field: "message.text", operator: "is", value: "x" }] } },
      "body.conditions.items.0.field",
    ],
    [
      "an operator of another type",
      { conditions: { match: "all", items: [{ field: "order.total", operator: "contains_any", value: ["x"] }] } },
      "body.conditions.items.0.operator",
    ],
    [
      "a value of another type",
      { conditions: { match: "all", items: [{ field: "order.total", operator: "at_most", value: "many" }] } },
      "body.conditions.items.0.value",
    ],
    [
      "a template that there is not",
      { actions: [{ type: "send_template", template: "nope" }] },
      "body.actions.0.template",
    ],
    [
      "an address in the own network",
      { actions: [{ type: "webhook", url: "http://127.0.0.1/x" }] },
      "body.actions.0.url",
    ],
    ["a colleague who is none", { actions: [{ type: "assign", userId: "0".repeat(24) }] }, "body.actions.0.userId"],
  ])("for %s is refused with the place", async (_what, change, path) => {
    const answer = await post<Problem>("/automations", { ...RULE, ...change });
    expect(answer.status).toBe(400);
    expect(answer.body.error.details.issues.map((issue) => issue.path)).toContain(path);
  });
});

describe("a template", () => {
  const make = (text: string, more: object = {}) =>
    post<Template & Problem>("/templates", { key: "own", name: "Own", texts: { en: { text } }, ...more });

  it.each([
    [
      "a variable that there is not",
      "Dear {{ buyer.nmae }},",
      { kind: "unknown_variable", detail: "buyer.nmae", line: 1 },
    ],
    ["a tag that is not closed", "Hello\n{% if order.item %}", { kind: "syntax", line: 2 }],
    ["a filter that there is not", "{{ order.total | shout }}", { kind: "unknown_filter", detail: "shout" }],
    ["another file", '{% render "/etc/passwd" %}', { kind: "syntax" }],
  ])("with %s is refused, with the place", async (_what, text, problem) => {
    const answer = await make(text);
    expect(answer).toMatchObject({ status: 422, body: { error: { code: "template_invalid" } } });
    expect(answer.body.error.details.problems).toEqual([
      expect.objectContaining({ locale: "en", part: "text", ...problem }),
    ]);
  });

  it("is shown as a buyer of a language reads it: dates, money, plurals", async () => {
    const text =
      '{{ order.promised_at }} | {{ order.total }} | {{ order.item_count | plural: one: "# Stück", other: "# Stücke" }}';
    const preview = (locale: string) =>
      post<TemplatePreview>("/templates/preview", { texts: { en: { text }, de: { text } }, locale, channel: "chat" });
    expect((await preview("de")).body.text).toMatch(/^\d+\. \p{L}+ \d{4} \| 64,00\s€ \| 3 Stücke$/u);
    expect((await preview("en")).body.text).toMatch(/^\p{L}+ \d+, \d{4} \| €64\.00 \| 3 Stücke$/u);
  });

  it("tells what a real order lacks instead of leaving a gap", async () => {
    const buyer = { externalId: "b-1" };
    await post("/orders/events", {
      eventId: "e",
      type: "paid",
      occurredAt: "2026-05-01T08:00:00Z",
      orderId: "1",
      buyer,
    });
    const [order] = (await get<{ items: { id: string }[] }>("/orders")).items;
    const { body } = await post<TemplatePreview>("/templates/preview", {
      texts: { en: { text: "Dear {{ buyer.name }}," } },
      locale: "en",
      orderId: order?.id,
    });
    expect(body).toMatchObject({ text: "", problems: [{ kind: "missing_variable", detail: "buyer.name" }] });
  });

  it("writes values into mails as text, never as HTML", async () => {
    const { body } = await post<TemplatePreview>("/templates/preview", {
      texts: { en: { text: "x", html: "<b>{{ '<script>' }}</b>" } },
      locale: "en",
      channel: "email",
    });
    expect(body.html).toContain("<b>&lt;script&gt;</b>");
  });

  it("is shown as the whole mail, with its sender, signature and the way out; other channels have none of it", async () => {
    const inbox = (await get<{ id: string; channel: string }[]>("/inboxes")).find(({ channel }) => channel === "email");
    await app.call("PATCH", `/inboxes/${inbox?.id}/mailbox`, { signature: "The tea people" }, app.admin);
    const ask = { texts: { ar: { subject: "طلبك", text: "مرحبًا {{ buyer.name }}" } }, fallback: "ar", locale: "ar" };
    const { body: mail } = await post<TemplatePreview>("/templates/preview", { ...ask, channel: "email" });
    expect(mail).toMatchObject({ subject: "طلبك", from: expect.stringMatching(/^.+ <support@.+>$/), problems: [] });
    expect(mail.html).toMatch(/<html lang="ar" dir="rtl">.*مرحبًا Ana Ruiz.*The tea people.*<a href="#"/s);
    // Nobody who looks at a preview gets a link into a buyer's messages.
    expect(mail.html).not.toMatch(/token=|unsubscribe\//);
    const { body: chat } = await post<TemplatePreview>("/templates/preview", { ...ask, channel: "chat" });
    expect([chat.html, chat.from]).toEqual([undefined, undefined]);
  });

  it("stays while a rule sends it, and comes back as it was", async () => {
    const template = (await get<Template[]>("/templates")).find(({ key }) => key === "order_late");
    const deleted = await app.call<Problem>("DELETE", `/templates/${template?.id}`, undefined, app.admin);
    expect(deleted).toMatchObject({
      status: 409,
      body: { error: { details: { usedBy: [{ name: "Later than promised" }] } } },
    });
    await app.call("PATCH", `/templates/${template?.id}`, { texts: { en: { text: "Sorry" } } }, app.admin);
    const back = await post<Template>(`/templates/${template?.id}/reset`, undefined);
    expect(back.body.texts).toEqual(template?.texts);
  });

  it("has variables with examples to choose from", async () => {
    const { variables } = await get<{ variables: { name: string; example: string }[] }>(
      "/templates/variables?locale=fr",
    );
    expect(variables.find(({ name }) => name === "order.total")?.example).toMatch(/64,00/);
    expect(variables.length).toBeGreaterThan(25);
  });
});
