import { z } from "zod";
import { idSchema, instantSchema, localeSchema } from "./common.ts";
import { LOCALES, type Locale } from "./locales.ts";
import { channelSchema } from "./message.ts";

/** Liquid: `{{ order.number }}`, `{% if buyer.name %}…{% endif %}`. */
const liquid = z.string().max(10_000);
export const writtenSchema = z
  .object({
    /** For channels with subjects. */
    subject: z.string().max(300).optional(),
    text: liquid.min(1),
    /** Rich text for channels that show it; made of `text` when absent. */
    html: z.string().max(50_000).optional(),
  })
  .strict();
export type Written = z.infer<typeof writtenSchema>;

export const templateTextSchema = writtenSchema
  .extend({
    /** Where a channel says it otherwise. */
    channels: z.partialRecord(channelSchema, writtenSchema).optional(),
  })
  .strict();
export type TemplateText = z.infer<typeof templateTextSchema>;

const textsSchema = z.partialRecord(localeSchema, templateTextSchema);
const templateShape = {
  /** Names it in rules. */
  key: z
    .string()
    .regex(/^[a-z0-9]+(_[a-z0-9]+)*$/, "must be such as order_shipped")
    .max(60),
  name: z.string().trim().min(1).max(100),
  /** What a buyer reads whose language it does not have. */
  fallback: localeSchema.default("en"),
  texts: textsSchema,
};

export const templateInputSchema = z
  .object(templateShape)
  .strict()
  .refine(({ texts, fallback }) => texts[fallback] !== undefined, {
    message: "must have a text in the fallback language",
    path: ["texts"],
  });
export type TemplateInput = z.output<typeof templateInputSchema>;
/** `texts` replaces all of them. */
export const updateTemplateSchema = z
  .object({ name: templateShape.name, fallback: localeSchema, texts: textsSchema })
  .partial()
  .strict();

export const templateSchema = z.object({
  id: idSchema,
  version: z.number().int(),
  ...templateShape,
  /** It came with Parley and can be brought back. */
  standard: z.boolean(),
  /** The default rules and own rules that send it, by name. */
  usedBy: z.array(z.object({ id: idSchema, name: z.string() })),
  createdAt: instantSchema,
  updatedAt: instantSchema,
});
export type Template = z.output<typeof templateSchema>;

/** What is wrong with a template, and where. */
export const templateProblemSchema = z.object({
  locale: z.string().optional(),
  channel: z.string().optional(),
  part: z.enum(["subject", "text", "html"]),
  line: z.number().int().optional(),
  column: z.number().int().optional(),
  /** syntax, unknown_variable, missing_variable, unknown_filter, too_slow, too_long: `automations:problems.<kind>`. */
  kind: z.enum(["syntax", "unknown_variable", "missing_variable", "unknown_filter", "too_slow", "too_long"]),
  /** The variable, filter or message of the parser. */
  detail: z.string(),
});
export type TemplateProblem = z.infer<typeof templateProblemSchema>;

export const previewTemplateSchema = z
  .object({
    /** A stored one, or the texts of an editor. */
    templateId: idSchema.optional(),
    texts: textsSchema.optional(),
    fallback: localeSchema.optional(),
    locale: localeSchema,
    channel: channelSchema.default("email"),
    /** A real order by its id; a made-up one when absent. */
    orderId: idSchema.optional(),
  })
  .strict()
  .refine(({ templateId, texts }) => templateId !== undefined || texts !== undefined, {
    message: "must have either templateId or texts",
  });
export const templatePreviewSchema = z.object({
  locale: localeSchema,
  channel: channelSchema,
  subject: z.string().optional(),
  text: z.string(),
  /** Whom the mail comes from, and the whole mail as the buyer gets it: a document with its layout, for a frame without scripts. */
  from: z.string().optional(),
  html: z.string().optional(),
  length: z.number().int(),
  maxLength: z.number().int(),
  problems: z.array(templateProblemSchema),
});
export type TemplatePreview = z.infer<typeof templatePreviewSchema>;

/** A template's words to be put in another language by the model. */
export const translateTemplateSchema = z.object({ written: writtenSchema, to: localeSchema }).strict();

export const variableSchema = z.object({
  /** Such as `order.number`. */
  name: z.string(),
  group: z.string(),
  /** What it is in the example. */
  example: z.string(),
  /** Buyers or orders may lack it: ask with `{% if %}`. */
  optional: z.boolean(),
});
export const filterSchema = z.object({ name: z.string(), example: z.string() });
export const templateCatalogSchema = z.object({
  variables: z.array(variableSchema),
  filters: z.array(filterSchema),
});

/** Every language a template may have. */
export const TEMPLATE_LOCALES: readonly Locale[] = LOCALES;
