import mongoose from "mongoose";
import { expect, test, vi } from "vitest";
import { startTestApp } from "../support/app.ts";

const MINUTES = 10;
/** Calls by which the hub asks its database for something. */
const ASKS = ["find", "findOne", "findOneAndUpdate", "updateOne", "updateMany", "aggregate", "countDocuments"] as const;

test("an idle hub leaves its database alone", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"] });
  const advancing = globalThis.setImmediate;
  let stop = false;
  // While it starts, time passes as its timers ask.
  const tick = () => {
    if (stop) return;
    vi.advanceTimersByTime(1);
    advancing(tick);
  };
  advancing(tick);
  const app = await startTestApp();
  await app.idle();
  stop = true;
  const asked: string[] = [];
  const answers: unknown[] = [];
  const spies = ASKS.map((name) => {
    const original = mongoose.mongo.Collection.prototype[name] as (...args: unknown[]) => unknown;
    return vi.spyOn(mongoose.mongo.Collection.prototype, name).mockImplementation(function (
      this: { collectionName: string },
      ...args: unknown[]
    ) {
      asked.push(`${this.collectionName}.${name}`);
      const answer = original.apply(this, args);
      answers.push(answer);
      return answer;
    } as never);
  });
  for (let second = 0; second < MINUTES * 60; second += 1) {
    await vi.advanceTimersByTimeAsync(1_000);
    if (second % 10 === 0) await app.idle();
  }
  // The scheduler stops without waiting for the answers to its last questions, of which one leads to the next.
  for (let known = -1; known !== answers.length; ) {
    known = answers.length;
    await Promise.allSettled(answers);
    await new Promise((resolve) => advancing(resolve));
    await app.idle();
  }
  for (const spy of spies) spy.mockRestore();
  vi.useRealTimers();
  await app.dispose();
  const counts = Object.fromEntries([...Map.groupBy(asked, (name) => name)].map(([name, all]) => [name, all.length]));
  // Some look at each kind of work every two minutes, just in case, and the scheduler's own.
  expect(asked.length / MINUTES, JSON.stringify(counts)).toBeLessThan(30);
});
