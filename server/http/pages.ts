import { readFile } from "node:fs/promises";
import { join } from "node:path";
import compression from "compression";
import { type RequestHandler, type Response, Router, static as serveStatic } from "express";
import { authenticateRequest } from "../actions/authenticate.ts";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { LOCALES_DIRECTORY } from "../i18n.ts";
import { demoPages } from "../queries/demo.ts";
import { openMessageCentre } from "./message-centre.ts";
import { allowOtherSites, nonceOf } from "./middleware/security-headers.ts";

const WEB_DIRECTORY = join(import.meta.dirname, "..", "..", "dist", "web");

/** In these folders Vite puts a hash of the content into each name: what is behind one never changes. */
const HASHED_NAME = /[\\/](assets|widget)[\\/][^\\/]+-[\w-]{8}\.\w+$/;
const NONCE_PLACEHOLDER = /__CSP_NONCE__/g;

/** The built screens: start page, console, demo shop, the widget's files, and the texts they load. */
export function pages(ctx: Context, webDirectory: string = WEB_DIRECTORY): Router {
  const router = Router();
  router.use((req, _res, next) => next(req.method === "GET" || req.method === "HEAD" ? undefined : "router"));
  router.use(compression());

  const page = (path: string) => async (_req: unknown, res: Response) => sendPage(res, join(webDirectory, path));
  router.get("/", page("pages/index.html"));
  const whileThere =
    (name: "shop" | "mailbox"): RequestHandler =>
    async (_req, _res, next) =>
      next((await demoPages(ctx))[name] ? undefined : "route");
  router.get("/demo", whileThere("shop"), page("pages/demo.html"));
  router.get("/mailbox", whileThere("mailbox"), async (req, res) => {
    const viewer = await authenticateRequest(ctx, { cookie: req.headers.cookie });
    // The console's path of the same name leads through the login and back here.
    if (!viewer || viewer.mustChangePassword) res.redirect(303, "/console/mailbox");
    else await sendPage(res, join(webDirectory, "pages/mailbox.html"));
  });
  router.get(["/messages", /^\/messages\/.*$/], openMessageCentre(ctx), page("buyer/index.html"));
  router.get(["/console", /^\/console\/(?!assets\/).*$/], page("console/index.html"));

  router.use("/locales", otherSites, serveStatic(LOCALES_DIRECTORY, { ...STATIC, setHeaders: cacheHeaders }));
  router.use(["/widget.js", "/widget"], otherSites);
  // Pages go out by the routes above alone, with their nonce.
  router.use((req, _res, next) => next(/\.html?$|\.map$/i.test(req.path) ? "router" : undefined));
  router.use(serveStatic(webDirectory, { ...STATIC, setHeaders: cacheHeaders }));
  return router;
}

const STATIC = { index: false, redirect: false, dotfiles: "ignore", cacheControl: false } as const;

function otherSites(_req: unknown, res: Response, next: () => void): void {
  allowOtherSites(res);
  next();
}

function cacheHeaders(res: Response, path: string): void {
  res.set("Cache-Control", HASHED_NAME.test(path) ? "public, max-age=31536000, immutable" : "public, max-age=300");
}

async function sendPage(res: Response, path: string): Promise<void> {
  let html: string;
  try {
    html = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new AppError("unavailable", { reason: "the screens are not built" }, { cause: error });
  }
  res
    .set("Cache-Control", "no-cache")
    .type("html")
    .send(html.replace(NONCE_PLACEHOLDER, nonceOf(res)));
}
