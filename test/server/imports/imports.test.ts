import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Import, ImportRow } from "../../../contract/import.ts";
import type { Order } from "../../../contract/order.ts";
import { ImportRowModel } from "../../../server/models/import.ts";
import { startTestApp, type TestApp } from "../../support/app.ts";

let app: TestApp;
/** Milliseconds that the hub's clock is ahead. */
let ahead = 0;
beforeAll(async () => {
  app = await startTestApp({ clock: { now: () => new Date(Date.now() + ahead) } });
});
afterAll(() => app.dispose());
afterEach(() => vi.restoreAllMocks());

const call = <T>(method: string, path: string, body?: unknown) => app.call<T>(method, path, body, app.admin);
const create = (content: string, more: object = {}) =>
  call<Import>("POST", "/imports", { format: "csv", content, ...more });
const order = async (number: string) =>
  (await call<{ items: Order[] }>("GET", `/orders?q=${encodeURIComponent(number)}`)).body.items[0];
const rows = async (id: string, query = "") =>
  (await call<{ items: ImportRow[] }>("GET", `/imports/${id}/rows${query}`)).body.items;
async function done(id: string): Promise<Import> {
  await app.idle();
  return (await call<Import>("GET", `/imports/${id}`)).body;
}
/** Sends a file as it is. */
async function upload(body: BodyInit, query: string, headers: Record<string, string> = {}): Promise<Import> {
  const response = await fetch(`${app.url}/api/v1/imports/upload?${query}`, {
    method: "POST",
    headers: { ...(app.admin as { cookie: string }), ...headers },
    body,
  });
  return (await response.json()) as Import;
}

const SHOPIFY = `Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Currency,Subtotal,Shipping,Taxes,Total,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Shipping Name,Shipping Country
#1001,ana@example.com,paid,2026-05-01 10:00:00 +0200,fulfilled,2026-05-03 09:30:00 +0200,EUR,60.00,4.90,0.00,64.90,0.00,2026-05-01 09:58:00 +0200,2,Tea cup,20.00,CUP,"Ruiz, Ana",MX
#1001,ana@example.com,,,,,,,,,,,2026-05-01 09:58:00 +0200,1,Tea pot,20.00,POT,,
#1002,li@example.com,paid,2026-05-02 10:00:00 +0200,unfulfilled,,EUR,15.00,0.00,0.00,15.00,0.00,2026-05-02 09:58:00 +0200,1,Lamp,15.00,LAMP,李雷,CN
`;

describe("a file of orders", () => {
  it("as Shopify exports it is understood by its headings, several rows of an order being its items", async () => {
    const { body, status } = await create(SHOPIFY, { name: "orders.csv" });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      state: "ready",
      total: 3,
      missing: [],
      mapping: {
        number: "Name",
        buyerEmail: "Email",
        total: "Total",
        itemName: "Lineitem name",
        buyerCountry: "Shipping Country",
      },
    });
    expect(body.columns[0]).toEqual({ name: "Name", samples: ["#1001", "#1001", "#1002"] });
    expect(await order("#1001")).toBeUndefined();
    await call("POST", `/imports/${body.id}/start`, {});
    expect(await done(body.id)).toMatchObject({ state: "done", processed: 3, ok: 3, duplicate: 0, error: 0 });
    expect(await order("#1001")).toMatchObject({
      state: "shipped",
      total: 64.9,
      shipping: 4.9,
      currency: "EUR",
      createdAt: "2026-05-01T07:58:00.000Z",
      shippedAt: "2026-05-03T07:30:00.000Z",
      buyer: { name: "Ruiz, Ana", country: "MX" },
      items: [
        { name: "Tea cup", quantity: 2, price: 20, sku: "CUP" },
        { name: "Tea pot", quantity: 1 },
      ],
    });
  });

  it("taken in again is all repeats; a corrected row counts", async () => {
    const again = await create(SHOPIFY, { start: true });
    expect(await done(again.body.id)).toMatchObject({ ok: 0, duplicate: 3, error: 0 });
    const corrected = await create(SHOPIFY.replace("EUR,15.00,0.00,0.00,15.00", "EUR,15.00,0.00,0.00,17.50"), {
      start: true,
    });
    expect(await done(corrected.body.id)).toMatchObject({ ok: 1, duplicate: 2 });
    expect((await order("#1002"))?.total).toBe(17.5);
  });

  it("tells guests apart by address, phone or order, whatever stands for their customer id", async () => {
    const content = [
      "order id;status;customer id;email;phone",
      "g-1;paid;0;ana@guests.example;",
      "g-2;paid;0;ben@guests.example;",
      "g-3;paid;NULL;ANA@guests.example;",
      "g-4;paid;guest;;+34 600 111 222",
      "g-5;paid;-;;0034600111222",
      "g-6;paid;N/A;;",
      "g-7;paid;游客;;",
      "g-8;paid;c-8;ana@guests.example;",
    ].join("\n");
    const { body } = await create(content, { start: true });
    expect(body.mapping).toMatchObject({ buyerId: "customer id", buyerPhone: "phone" });
    expect(await done(body.id)).toMatchObject({ ok: 8, error: 0 });
    const contacts = await Promise.all(
      [1, 2, 3, 4, 5, 6, 7, 8].map(async (number) => (await order(`g-${number}`))?.contactId),
    );
    const [ana, ben, anaAgain, caller, sameCaller, alone, another, account] = contacts;
    expect([anaAgain, sameCaller]).toEqual([ana, caller]);
    expect(new Set([ana, ben, caller, alone, another, account]).size).toBe(6);
  });

  it("leaves an order with its buyer, and says so on the row of another", async () => {
    const file = (lines: string[]) => ["order id;status;customer id;total", ...lines].join("\n");
    await done((await create(file(["own-1;paid;c-1;10"]), { start: true })).body.id);
    const { body } = await create(file(["own-1;shipped;c-2;99", "own-2;paid;c-2;5"]), { start: true });
    expect(await done(body.id)).toMatchObject({ ok: 1, error: 1 });
    expect(await rows(body.id, "?result=error")).toMatchObject([
      { row: 1, orderId: "own-1", problems: [{ code: "another_buyer" }] },
    ]);
    expect(await order("own-1")).toMatchObject({ state: "paid", total: 10, buyer: { externalId: "c-1" } });
  });

  it("tells of each wrong row what is wrong, in the reader's language, and takes the others in", async () => {
    const content = [
      "order id;status;total;date;email",
      "w-1;paid;1.234,50;31.05.2026;a@example.com",
      "w-2;teleported;10;01.05.2026;a@example.com",
      ";paid;10;01.05.2026;a@example.com",
      "w-4;paid;ten;01.05.2026;a@example.com",
      "w-5;paid;10;32.05.2026;nobody",
      "w-6;paid;10",
    ].join("\n");
    const { body } = await create(content, { start: true });
    expect(await done(body.id)).toMatchObject({ state: "done", ok: 1, error: 5 });
    expect((await order("w-1"))?.total).toBe(1234.5);
    const codes = (await rows(body.id, "?result=error")).map(({ row, problems }) => [
      row,
      ...problems.map(({ code }) => code),
    ]);
    expect(codes).toEqual([
      [2, "unknown_status"],
      [3, "missing"],
      [4, "not_a_number"],
      [5, "not_an_email", "not_a_date"],
      [6, "malformed_row"],
    ]);
    const german = await fetch(`${app.url}/api/v1/imports/${body.id}/rows?result=error&limit=1`, {
      headers: { ...(app.admin as { cookie: string }), "accept-language": "de" },
    });
    expect(((await german.json()) as { items: ImportRow[] }).items[0]?.problems[0]?.message).toContain(
      "kein bekannter Status",
    );
  });

  it("of JSON may hold lists of items and nested buyers", async () => {
    const content = JSON.stringify({
      orders: [
        {
          id: "j-1",
          status: "delivered",
          created_at: "2026-05-01T08:00:00Z",
          delivered_at: 1_777_900_000,
          buyer: { id: "jb-1", name: "Ana", country: "Mexico" },
          items: [{ title: "Cup", qty: 2, price: "3.50" }],
        },
      ],
    });
    const { body } = await create(content, { format: "json", start: true });
    expect(await done(body.id)).toMatchObject({ ok: 1 });
    expect(await order("j-1")).toMatchObject({
      state: "delivered",
      buyer: { externalId: "jb-1", country: "MX" },
      items: [{ name: "Cup", quantity: 2, price: 3.5 }],
    });
  });

  it("may be uploaded as it is, in a form, and in a spreadsheet's own encoding", async () => {
    const plain = await upload("id,status\nu-1,paid\n", "start=true", { "content-type": "text/csv" });
    const form = new FormData();
    form.set("file", new File(["id\tstatus\nu-2\tpaid\n"], "bestellungen.tsv"));
    const formed = await upload(form, "start=true");
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("订单编号,订单状态\nu-3,已发货\n", "utf16le")]);
    const wide = await upload(utf16, "start=true&name=订单.csv", { "content-type": "application/octet-stream" });
    for (const { id } of [plain, formed, wide]) expect(await done(id)).toMatchObject({ state: "done", ok: 1 });
    expect(formed.name).toBe("bestellungen.tsv");
    expect((await order("u-3"))?.state).toBe("shipped");
  });

  it("is mapped by hand where the guess fails, and not started before", async () => {
    const { body } = await create("a,b\nm-1,paid\n", { start: true });
    expect(body).toMatchObject({ state: "ready", mapping: {}, missing: [["orderId", "number"]] });
    expect((await call("POST", `/imports/${body.id}/start`, {})).status).toBe(400);
    expect((await call("POST", `/imports/${body.id}/start`, { mapping: { orderId: "c" } })).status).toBe(400);
    await call("POST", `/imports/${body.id}/start`, { mapping: { orderId: "a", status: "b" } });
    expect(await done(body.id)).toMatchObject({ state: "done", ok: 1 });
    expect((await order("m-1"))?.state).toBe("paid");
  });

  it("goes on after a crash where it was, and reports the rows it had taken in as taken in", async () => {
    const content = ["id,status", ...Array.from({ length: 450 }, (_, at) => `k-${at},paid`)].join("\n");
    const crash = vi.spyOn(ImportRowModel.collection, "bulkWrite");
    crash.mockImplementationOnce(async () => {
      throw new Error("crash");
    });
    const { body } = await create(content, { start: true });
    expect(await done(body.id)).toMatchObject({ state: "running", processed: 0 });
    expect((await order("k-0"))?.state).toBe("paid");
    ahead += 60_000;
    await app.sweep();
    expect(await done(body.id)).toMatchObject({ state: "done", processed: 450, ok: 450, duplicate: 0 });
    expect((await rows(body.id, "?limit=100")).map(({ row }) => row)).toEqual(
      Array.from({ length: 100 }, (_, at) => at + 1),
    );
  });

  it.each([
    ["that is no table", { content: "{", format: "json" }],
    ["without rows", { content: "id,status\n" }],
    ["with an unknown format", { content: "id\n1\n", format: "xls" }],
    ["with a mapping to a column that it has not", { content: "id\n1\n", mapping: { orderId: "nr" } }],
  ])("%s is refused", async (_what, body) => {
    const answer = await call("POST", "/imports", { format: "csv", ...body });
    expect(answer).toMatchObject({ status: 400, body: { error: { code: "invalid_request" } } });
  });
});
