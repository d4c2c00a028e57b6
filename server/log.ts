import { type DestinationStream, type Logger, pino, stdSerializers } from "pino";

export type Log = Logger;

/** Names whose values never reach a log, wherever they stand in the first levels of a logged object. */
const SECRET_NAMES = [
  "password",
  "passwordHash",
  "token",
  "tokenHash",
  "visitorToken",
  "identity",
  "secret",
  "secretKey",
  "identitySecret",
  "apiKey",
  "keyHash",
  "authorization",
  "cookie",
  "smtpUrl",
  "mongodbUri",
  "redisUrl",
  '["set-cookie"]',
];

const SECRET_PATHS = ["", "*.", "*.*.", "*.*.*."].flatMap((prefix) =>
  SECRET_NAMES.map((name) => (name.startsWith("[") ? `${prefix.slice(0, -1)}${name}` : `${prefix}${name}`)),
);

/** JSON lines on stdout (or `destination`), secrets replaced by `[redacted]`. */
export function createLog(level: string, destination?: DestinationStream): Log {
  const options = {
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: SECRET_PATHS, censor: "[redacted]" },
    serializers: { err: stdSerializers.err, error: stdSerializers.err },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** Path of a request without its query: queries carry signatures of links. */
export function loggableUrl(url: string): string {
  const end = url.indexOf("?");
  return end < 0 ? url : url.slice(0, end);
}
