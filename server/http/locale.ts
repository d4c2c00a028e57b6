import type { Request, Response } from "express";
import { pickLocale } from "../../contract/locales.ts";

/** The language to answer in: the logged-in user's choice, else the nearest to Accept-Language, else English. */
export function localeOf(req: Request, res: Response): string {
  const chosen: unknown = res.locals.locale;
  return typeof chosen === "string" ? chosen : pickLocale(req.acceptsLanguages());
}
