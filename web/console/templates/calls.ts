import type { z } from "zod";
import type { Page } from "../../../contract/common.ts";
import type { Locale } from "../../../contract/locales.ts";
import type { ChannelName } from "../../../contract/message.ts";
import type { Order } from "../../../contract/order.ts";
import type {
  Template,
  TemplateInput,
  TemplatePreview,
  templateCatalogSchema,
  Written,
} from "../../../contract/template.ts";
import { request } from "../../ui/http.ts";

/** Calls about message templates, one line each, and their keys in the query cache. */

export const templateKeys = {
  all: ["templates"] as const,
  list: ["templates", "list"] as const,
  template: (id: string) => ["templates", "template", id] as const,
  catalog: (locale: string) => ["templates", "catalog", locale] as const,
  preview: (input: PreviewInput) => ["templates", "preview", input] as const,
  orders: (q: string) => ["templates", "orders", q] as const,
};

export type Texts = TemplateInput["texts"];

export const listTemplates = () => request<Template[]>("GET", "/templates");
export const getTemplate = (id: string, signal?: AbortSignal) =>
  request<Template>("GET", `/templates/${id}`, { signal });
export const createTemplate = (template: TemplateInput) => request<Template>("POST", "/templates", { json: template });
export type TemplateChange = Pick<TemplateInput, "name" | "fallback" | "texts">;
/** Refused when `version` is not the newest. */
export const updateTemplate = (id: string, change: TemplateChange, version: number) =>
  request<Template>("PATCH", `/templates/${id}`, { json: change, version });
export const translateTemplate = (written: Written, to: Locale) =>
  request<Written>("POST", "/templates/translate", { json: { written, to } });
export const deleteTemplate = (id: string) => request<void>("DELETE", `/templates/${id}`);
export const resetTemplate = (id: string, version: number) =>
  request<Template>("POST", `/templates/${id}/reset`, { version });

export type TemplateCatalog = z.output<typeof templateCatalogSchema>;
export const getCatalog = (locale: string) =>
  request<TemplateCatalog>("GET", "/templates/variables", { query: { locale } });

export interface PreviewInput {
  templateId?: string;
  texts?: Texts;
  fallback?: Locale;
  locale: Locale;
  channel: ChannelName;
  orderId?: string;
}
export const previewTemplate = (input: PreviewInput, signal?: AbortSignal) =>
  request<TemplatePreview>("POST", "/templates/preview", { json: input, signal });

export const findOrders = (q: string, signal?: AbortSignal) =>
  request<Page<Order>>("GET", "/orders", { query: { q, limit: 20 }, signal });
