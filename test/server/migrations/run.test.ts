import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runMigrations } from "../../../server/migrations/run.ts";
import { MigrationModel } from "../../../server/models/migration.ts";
import { startTestApp, type TestApp } from "../../support/app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.dispose());

describe("migrations", () => {
  it("run in order, each once, however often the hub starts", async () => {
    const ran: string[] = [];
    const steps = ["901-one", "902-two"].map((id) => ({ id, run: async () => void ran.push(id) }));
    await runMigrations(app.ctx, steps);
    await runMigrations(app.ctx, steps);
    expect(ran).toEqual(["901-one", "902-two"]);
  });

  it("run again from the start when one failed, and hold back those behind it", async () => {
    const ran: string[] = [];
    let broken = true;
    const steps = [
      {
        id: "903-fails",
        run: async () => {
          ran.push("fails");
          if (broken) throw new Error("disk full");
        },
      },
      { id: "904-behind", run: async () => void ran.push("behind") },
    ];
    await expect(runMigrations(app.ctx, steps)).rejects.toThrow("disk full");
    broken = false;
    await runMigrations(app.ctx, steps);
    expect(ran).toEqual(["fails", "fails", "behind"]);
  });

  it("run on one of two nodes that start at once; the other waits until it is done", async () => {
    let running = 0;
    let most = 0;
    let times = 0;
    const begun = Promise.withResolvers<void>();
    const end = Promise.withResolvers<void>();
    const step = {
      id: "905-together",
      async run() {
        times += 1;
        running += 1;
        most = Math.max(most, running);
        begun.resolve();
        await end.promise;
        running -= 1;
      },
    };
    const nodes = [runMigrations(app.ctx, [step]), runMigrations(app.ctx, [step])];
    await begun.promise;
    end.resolve();
    await Promise.all(nodes);
    expect({ times, most }).toEqual({ times: 1, most: 1 });
  });

  it("are taken over from a node that died in the middle", async () => {
    await MigrationModel.create({ _id: "906-orphan", owner: "gone", leaseUntil: new Date(Date.now() - 1) });
    const ran: string[] = [];
    await runMigrations(app.ctx, [{ id: "906-orphan", run: async () => void ran.push("ran") }]);
    expect(ran).toEqual(["ran"]);
    expect(await MigrationModel.findById("906-orphan").lean()).toMatchObject({ doneAt: expect.any(Date) });
  });
});
