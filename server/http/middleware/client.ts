import type { RequestHandler } from "express";
import { clientOf } from "../../client-address.ts";
import type { Config } from "../../config.ts";

/** `req.ip` and `req.secure` as the trusted proxies tell them: Express itself knows no Forwarded header. */
export function identifyClient(config: Config): RequestHandler {
  return (req, _res, next) => {
    const { address, secure } = clientOf(config, req);
    Object.defineProperties(req, { ip: { value: address }, secure: { value: secure } });
    next();
  };
}
