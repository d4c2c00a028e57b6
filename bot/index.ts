export { createBot } from "./bot.ts";
export { type DetectedLanguage, detectLanguage } from "./language/detect.ts";
export type * from "./types.ts";
