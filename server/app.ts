import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { LRUCache } from "lru-cache";
import { Types } from "mongoose";
import { createChatChannel } from "../channels/chat/index.ts";
import type { MailResolver } from "../channels/email/proof/dns.ts";
import type { ReadLimits } from "../channels/email/reader.ts";
import { Channels } from "../channels/index.ts";
import { createInsiteChannel } from "../channels/insite/index.ts";
import { ensureWorkspace, type FirstStart } from "./actions/ensure-workspace.ts";
import { sendToPlatform } from "./actions/send-to-platform.ts";
import { Rules } from "./automation/rules.ts";
import { createCaches } from "./caches.ts";
import type { Config } from "./config.ts";
import { type Clock, type Context, systemClock } from "./context.ts";
import { connectDatabase } from "./database/connect.ts";
import { Bus } from "./events/bus.ts";
import { Health } from "./health.ts";
import { createHttpApp, type HttpOptions } from "./http/http-app.ts";
import { routes } from "./http/routes/index.ts";
import { createTranslate } from "./i18n.ts";
import { AutomationWorker } from "./jobs/automation.ts";
import { CHECK_INS_PER_SECOND, CheckInWorker } from "./jobs/check-ins.ts";
import { ImportWorker } from "./jobs/imports.ts";
import { MailedCodeWorker } from "./jobs/mailed-codes.ts";
import { OwedWorker } from "./jobs/owed.ts";
import { PlatformEventWorker } from "./jobs/platform-events.ts";
import { startSchedules } from "./jobs/schedules.ts";
import { TimedChanges } from "./jobs/timed-changes.ts";
import { WebhookWorker } from "./jobs/webhooks.ts";
import { Knowledge } from "./knowledge.ts";
import { createLog, type Log } from "./log.ts";
import { Mailroom } from "./mailroom.ts";
import { createMetrics } from "./metrics.ts";
import { runMigrations } from "./migrations/run.ts";
import { createOutboundHttp } from "./outbound-http.ts";
import { createRateLimits } from "./rate-limits.ts";
import { serveAgents } from "./realtime/agent.ts";
import { broadcastEvents } from "./realtime/broadcast.ts";
import { serveBuyers } from "./realtime/buyer.ts";
import { shareChanges, shareWidgetAccess } from "./realtime/nodes.ts";
import { createSocketServer, rooms } from "./realtime/server.ts";
import { serveWidget, WIDGET_LIMITS } from "./realtime/widget.ts";
import { connectRedis } from "./redis.ts";

export interface AppOptions {
  config: Config;
  log?: Log;
  clock?: Clock;
  /** The embedded database refuses queries that no index serves. For tests. */
  refuseScans?: boolean;
  http?: Pick<HttpOptions, "limits" | "verifyResponses" | "webDirectory">;
  socketLimits?: Context["socketLimits"];
  /** Port of the SMTP receiver instead of SMTP_LISTEN_PORT; 0 takes a free one. */
  smtpPort?: number;
  /** Answers for the DNS when senders of mails are checked. */
  mailResolver?: MailResolver;
  /** What reading one mail may take, instead of the usual. */
  mailLimits?: Partial<ReadLimits>;
  /** How fast rules' messages that are due leave. */
  checkInsPerSecond?: number;
}

export interface App {
  /** Where it listens, such as http://127.0.0.1:3000. */
  url: string;
  databaseUri: string;
  firstStart: FirstStart;
  ctx: Context;
  mailroom: Mailroom;
  /** Does what is overdue now, instead of in some seconds. */
  sweep(): Promise<number>;
  /** Resolves when what this process stored is taken in, answered and sent, as far as it goes at once. */
  idle(): Promise<void>;
  /** Stops taking work, finishes what runs, closes sockets, then the database. */
  stop(): Promise<void>;
}

/** How long requests that run may take to finish when the hub stops. */
const STOP_GRACE_MS = 3_000;
/** Longer than a proxy keeps an idle connection (a minute, mostly): who closes first must not meet the other's request. */
const KEEP_ALIVE_MS = 72_000;

/**
 * Joins the parts of the hub and starts it: database, workspace, HTTP, sockets, jobs.
 * @throws when the database can not be opened or the port is taken
 */
export async function startApp(options: AppOptions): Promise<App> {
  const { config, clock = systemClock } = options;
  const log = options.log ?? createLog(config.logLevel);
  const database = await connectDatabase(config, log, { refuseScans: options.refuseScans ?? false });
  const closers: (() => Promise<unknown> | unknown)[] = [() => database.close()];
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const redis = config.redisUrl ? await connectRedis(config.redisUrl, log) : undefined;
    if (redis) closers.push(() => redis.close());
    const http = createServer({ keepAliveTimeout: KEEP_ALIVE_MS });
    const { io, widget, agent, buyer } = createSocketServer(redis?.client);
    const translate = createTranslate();
    const mailroom = new Mailroom({
      config,
      log,
      translate,
      clock,
      ...(options.smtpPort !== undefined && { smtpPort: options.smtpPort }),
      ...(options.mailResolver && { resolver: options.mailResolver }),
      ...(options.mailLimits && { readLimits: options.mailLimits }),
    });
    const channels = new Channels([
      createChatChannel({
        isOnline: async ({ conversationId, to }) =>
          (await widget.in([rooms.contact(to.contactId), rooms.conversation(conversationId)]).fetchSockets()).length >
          0,
      }),
      mailroom.channel,
      createInsiteChannel({ deliver: (message) => sendToPlatform(ctx, message) }),
    ]);
    const bus = new Bus((error, event) => log.error({ err: error, event }, "a subscriber failed"));
    const knowledge = new Knowledge({ bus, config, log, translate, clock });
    closers.push(() => knowledge.close());
    const outbound = createOutboundHttp({ allowed: config.allowNetworks });
    closers.push(() => outbound.close());
    const ctx: Context = {
      config,
      log,
      bus,
      knowledge,
      outbound,
      clock,
      translate,
      channels,
      limits: createRateLimits(redis?.client),
      socketLimits: options.socketLimits ?? WIDGET_LIMITS,
      metrics: createMetrics(),
      databaseHealth: () => database.health(),
      health: new Health(),
      node: new Types.ObjectId().toHexString(),
      seqHints: new LRUCache({ max: 50_000 }),
      inboxes: new LRUCache({ max: 1_000, ttl: 5_000 }),
      caches: createCaches(bus),
      wantedEvents: new Set(),
      rules: new Rules(),
      address: config.publicUrl ?? `http://${config.host}:${config.port}`,
    };
    await runMigrations(ctx);
    const firstStart = await ensureWorkspace(ctx);
    await ctx.rules.refresh();

    const owed = new OwedWorker(ctx);
    closers.push(() => owed.stop());
    const automations = new AutomationWorker(ctx);
    closers.push(() => automations.stop());
    const checkIns = new CheckInWorker(ctx, { perSecond: options.checkInsPerSecond ?? CHECK_INS_PER_SECOND });
    closers.push(() => checkIns.stop());
    const codes = new MailedCodeWorker(ctx);
    closers.push(() => codes.stop());
    const webhooks = new WebhookWorker(ctx, createOutboundHttp({ allowed: config.allowNetworks }));
    closers.push(() => webhooks.stop());
    // Before anybody can write: what a crash left to tell comes before what happens now.
    await webhooks.start();
    closers.push(broadcastEvents(ctx, widget, agent));
    if (redis) closers.push(shareChanges(ctx, agent), shareWidgetAccess(ctx, widget));
    serveWidget(ctx, widget);
    serveAgents(ctx, agent);
    closers.push(serveBuyers(ctx, buyer));
    http.on("request", createHttpApp(ctx, { ...options.http, routes, ready: () => database.ping() }));
    // After the handler above: attached before it, both would answer a polling client, which ends the process.
    io.attach(http);
    const url = await listen(http, config);
    ctx.address = config.publicUrl ?? url;
    closers.push(async () => {
      // What runs may finish; a client that keeps its connection in use must not keep the hub from stopping.
      const cut = setTimeout(() => http.closeAllConnections(), STOP_GRACE_MS);
      await io.close();
      clearTimeout(cut);
    });

    // From here on everything starts side by side: what a crash left may take minutes, with a mail server that does not answer.
    const imports = new ImportWorker(ctx);
    closers.push(() => imports.stop());
    const platformEvents = new PlatformEventWorker(ctx);
    closers.push(() => platformEvents.stop());
    const timed = new TimedChanges(ctx);
    closers.push(() => timed.stop());
    closers.push(() => mailroom.stop());
    const workers = [owed, automations, checkIns, codes, imports, platformEvents, timed];
    for (const worker of workers) worker.start();
    await mailroom.start(ctx);
    closers.push(await startSchedules(ctx));
    const sweep = async () => {
      await webhooks.sweep();
      await imports.sweep();
      await platformEvents.sweep();
      await automations.sweep();
      await checkIns.sweep();
      await codes.sweep();
      return owed.sweep();
    };
    const idle = async () => {
      await timed.idle();
      await imports.idle();
      await platformEvents.idle();
      await mailroom.idle();
      await owed.idle();
      await codes.idle();
      await automations.idle();
      await checkIns.idle();
      await owed.idle();
      await webhooks.idle();
    };
    // The first question should not wait for the FAQ to be read.
    void knowledge.botFor(firstStart.workspaceId);
    return { url, databaseUri: database.uri, firstStart, ctx, mailroom, sweep, idle, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function listen(http: Server, config: Config): Promise<string> {
  return new Promise((resolve, reject) => {
    http.once("error", reject);
    http.listen(config.port, config.host, () => {
      http.off("error", reject);
      const { port } = http.address() as AddressInfo;
      const host = config.host.includes(":") ? `[${config.host}]` : config.host;
      resolve(`http://${host}:${port}`);
    });
  });
}
