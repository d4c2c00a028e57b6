export { createBot } from "./bot.ts";
export { type DetectedLanguage, detectLanguage } from "./language/detect.ts";
export { BudgetSpent, ModelError, NoModel } from "./llm/client.ts";
export { createEmbed, type VectorCache } from "./llm/embed.ts";
export type { TokenBudget } from "./llm/limits.ts";
export type * from "./types.ts";
export { findOrderNumber } from "./understand/understand.ts";
