import type { BotRulesPatch, BotRulesView, BotUsage, ReplayEvent, ReplayInput } from "../../../contract/bot.ts";
import type { Page } from "../../../contract/common.ts";
import type { CopilotEvent, CopilotInput } from "../../../contract/copilot.ts";
import type { DocumentInput, DocumentPatch, ProductDocument } from "../../../contract/document.ts";
import type { Faq, FaqPreviewInput, FaqPreviewResult, Suggestion } from "../../../contract/faq.ts";
import type { BusinessHours } from "../../../contract/hours.ts";
import type { Locale, Localized } from "../../../contract/locales.ts";
import type { Message } from "../../../contract/message.ts";
import { request, stream } from "../../ui/http.ts";

/** The calls about what the bot knows, may say and costs, one line each. */

export const previewFaqImport = (input: FaqPreviewInput) =>
  request<FaqPreviewResult>("POST", "/faqs/import/preview", { json: input });
export const translateFaq = (id: string, to: readonly Locale[]) =>
  request<Faq>("POST", `/faqs/${id}/translate`, { json: { to } });
export const approveFaqDraft = (id: string, locale: Locale, edited: { questions?: string[]; answer?: string } = {}) =>
  request<Faq>("POST", `/faqs/${id}/drafts/${locale}/approve`, { json: edited });
export const discardFaqDraft = (id: string, locale: Locale) => request<Faq>("DELETE", `/faqs/${id}/drafts/${locale}`);

export const listSuggestions = (cursor: string | null) =>
  request<Page<Suggestion>>("GET", "/suggestions", { query: { cursor, limit: 50 } });
export const acceptSuggestion = (id: string, edited: { questions?: Localized<string[]>; answers?: Localized } = {}) =>
  request<Faq>("POST", `/suggestions/${id}/accept`, { json: edited });
export const dismissSuggestion = (id: string) => request<void>("POST", `/suggestions/${id}/dismiss`);

export const listDocuments = (cursor: string | null) =>
  request<Page<ProductDocument>>("GET", "/documents", { query: { cursor, limit: 50 } });
export const createDocument = (input: DocumentInput) => request<ProductDocument>("POST", "/documents", { json: input });
export const updateDocument = (id: string, change: DocumentPatch) =>
  request<ProductDocument>("PATCH", `/documents/${id}`, { json: change });
export const deleteDocument = (id: string) => request<void>("DELETE", `/documents/${id}`);

export const getBotRules = () => request<BotRulesView>("GET", "/bot/settings");
export const updateBotRules = (change: BotRulesPatch) =>
  request<BotRulesView>("PATCH", "/bot/settings", { json: change });
export const getBotUsage = () => request<BotUsage>("GET", "/bot/usage");
export const replayBot = (input: Partial<ReplayInput>, onEvent: (event: ReplayEvent) => void, signal: AbortSignal) =>
  stream<ReplayEvent>("/bot/replay", input, onEvent, signal);

export const askCopilot = (
  conversationId: string,
  input: CopilotInput,
  onEvent: (event: CopilotEvent) => void,
  signal: AbortSignal,
) => stream<CopilotEvent>(`/conversations/${conversationId}/copilot`, input, onEvent, signal);
export const updateBusinessHours = (businessHours: BusinessHours | null) =>
  request<{ businessHours: BusinessHours | null }>("PATCH", "/workspace", { json: { businessHours } });
export const translateMessages = (conversationId: string, to: Locale, seqs: readonly number[]) =>
  request<{ items: Message[] }>("POST", `/conversations/${conversationId}/translations`, { json: { to, seqs } });
