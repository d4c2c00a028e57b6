import { Types } from "mongoose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Page } from "../../../contract/common.ts";
import type { ReviewItem } from "../../../contract/review.ts";
import { addReviewItem } from "../../../server/actions/review-items.ts";
import { createColleague, startTestApp, type TestApp } from "../../support/app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.dispose());

const list = async (query = "") =>
  (await app.call<Page<ReviewItem>>("GET", `/review-items${query}`, undefined, app.admin)).body.items;

describe("what a person should check", () => {
  const workspaceId = new Types.ObjectId("000000000000000000000001");
  const item = { workspaceId, key: "mixed_order:1", kind: "mixed_order", orderId: "1" } as const;

  it("is listed once however often it is found, and leaves the list when it is done", async () => {
    await Promise.all([addReviewItem(app.ctx, item), addReviewItem(app.ctx, item)]);
    const [open, ...more] = await list();
    expect(open).toMatchObject({ kind: "mixed_order", orderId: "1" });
    expect(more).toEqual([]);

    const done = await app.call<ReviewItem>("POST", `/review-items/${open?.id}/done`, undefined, app.admin);
    expect(done.body.done).toMatchObject({ name: "Admin" });
    expect(await list()).toEqual([]);
    await addReviewItem(app.ctx, item);
    expect(await list()).toEqual([]);
    expect(await list("?state=done")).toEqual([done.body]);
  });

  it("is not shown to agents, nor to another workspace", async () => {
    const { credentials: agent } = await createColleague(app, { name: "Ana" });
    expect((await app.call("GET", "/review-items", undefined, agent)).status).toBe(403);
    await addReviewItem(app.ctx, { ...item, workspaceId: new Types.ObjectId(), key: "mixed_order:2" });
    expect((await list()).filter(({ orderId }) => orderId === "1")).toEqual([]);
    expect(await list()).toEqual([]);
  });
});
