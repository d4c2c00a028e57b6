import { Router } from "express";
import { authenticateRequest } from "../actions/authenticate.ts";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import type { PartState } from "../health.ts";
import { requirePermission, requireScope, requireUnbound } from "../policies/roles.ts";
import { addressKey } from "../rate-limits.ts";
import { API_LIMITS } from "./api.ts";

export type ReadyCheck = () => Promise<void>;

/** A load balancer asks again within seconds: an answer later than this is no answer. */
const READY_TIMEOUT_MS = 2_000;

/** For whoever runs the hub: is the process up, can it work, what does it count. */
export function operations(ctx: Context, ready: ReadyCheck): Router {
  const router = Router();
  router.get("/healthz", (_req, res) => {
    res.set("Cache-Control", "no-store").json({ status: "ok" });
  });
  router.get("/readyz", async (_req, res) => {
    try {
      await withTimeout(ready(), READY_TIMEOUT_MS);
    } catch (error) {
      throw new AppError("unavailable", undefined, { cause: error });
    }
    // What else is wrong is no reason to send nobody here: people are served.
    res
      .set("Cache-Control", "no-store")
      .json({ status: "ready", parts: { ...ctx.health.all(), database: databasePart(ctx) } });
  });
  router.get("/metrics", async (req, res) => {
    const address = addressKey(req.ip);
    await ctx.limits.check("api", address, API_LIMITS.address);
    const viewer = await authenticateRequest(ctx, req.headers);
    if (!viewer) {
      await ctx.limits.consume("api", address, API_LIMITS.address);
      throw new AppError("unauthenticated");
    }
    if (viewer.mustChangePassword) throw new AppError("password_change_required");
    requirePermission(viewer, "metrics.read");
    requireScope(viewer, "metrics:read");
    requireUnbound(viewer);
    const { registry } = ctx.metrics;
    res.set({ "Content-Type": registry.contentType, "Cache-Control": "no-store" }).send(await registry.metrics());
  });
  return router;
}

/** What is damaged is told to administrators alone. */
function databasePart(ctx: Context): PartState {
  const { disk, damage } = ctx.databaseHealth();
  const wrong = [disk !== "ok" && `disk ${disk.replace("_", "-")}`, damage.length > 0 && "damaged"].filter(Boolean);
  return wrong.length > 0 ? { state: "failed", detail: wrong.join(", ") } : { state: "ok" };
}

async function withTimeout(work: Promise<void>, milliseconds: number): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer in ${milliseconds} ms`)), milliseconds);
  try {
    await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
