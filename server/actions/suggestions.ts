import { Types } from "mongoose";
import type { FaqInput } from "../../contract/faq.ts";
import type { Locale, Localized } from "../../contract/locales.ts";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import type { ConversationRecord } from "../models/conversation.ts";
import { FaqModel, type FaqRecord } from "../models/faq.ts";
import { MessageModel, type MessageRecord } from "../models/message.ts";
import {
  OpenQuestionModel,
  type OpenQuestionRecord,
  SuggestionModel,
  type SuggestionRecord,
} from "../models/suggestion.ts";
import { requirePermission } from "../policies/roles.ts";
import type { Viewer } from "../policies/viewer.ts";
import { isAnswer } from "../queries/answers.ts";
import { findSuggestion } from "../queries/suggestions.ts";
import { duplicateKeyOf } from "./append-message.ts";
import { createFaq } from "./faqs.ts";

/** A question that nobody answered within this time is no longer waited for. */
const REMEMBERED_MS = 60 * 24 * 3600 * 1000;
/** Questions of a workspace that are looked at together. */
const GROUPED = 1_000;
const LOOKED_AT = 1_000;
/** Conversations in which something must have been asked to be worth an entry. */
const LEAST = 2;
const QUESTIONS_SHOWN = 20;
const SHORTEST_REPLY = 15;

/** Keeps what the bot could not answer, so that an agent's answer to it can become an entry. Once per message. */
export async function recordOpenQuestion(
  ctx: Context,
  {
    conversation,
    message,
    text,
    locale,
  }: { conversation: ConversationRecord; message: MessageRecord; text: string; locale: Locale },
): Promise<void> {
  const now = ctx.clock.now();
  if (text.trim() === "") return;
  const record: OpenQuestionRecord = {
    _id: message._id,
    workspaceId: conversation.workspaceId,
    conversationId: conversation._id,
    seq: message.seq,
    text: text.trim().slice(0, 1_000).toWellFormed(),
    locale,
    state: "waiting",
    at: message.createdAt,
    expiresAt: new Date(now.getTime() + REMEMBERED_MS),
  };
  try {
    await OpenQuestionModel.create(record);
  } catch (error) {
    if (!duplicateKeyOf(error)) throw error;
  }
}

/**
 * Looks which open questions agents have answered since, and groups those that ask the same into suggestions. Repeating it
 * changes nothing. Returns how many suggestions were made or grew.
 */
export async function suggestFaqs(ctx: Context): Promise<number> {
  const waiting = await OpenQuestionModel.find({ state: "waiting" })
    .sort({ _id: -1 })
    .limit(LOOKED_AT)
    .lean<OpenQuestionRecord[]>();
  for (const question of waiting) await findReply(ctx, question);
  const answered = await OpenQuestionModel.find({ state: "answered" })
    .sort({ _id: -1 })
    .limit(LOOKED_AT)
    .lean<OpenQuestionRecord[]>();
  let changed = 0;
  for (const workspaceId of new Set(answered.map((question) => question.workspaceId.toHexString()))) {
    changed += await suggestFor(ctx, workspaceId);
  }
  return changed;
}

async function findReply(ctx: Context, question: OpenQuestionRecord): Promise<void> {
  const { conversationId, seq, workspaceId } = question;
  const after = await MessageModel.find({ conversationId, seq: { $gt: seq } })
    .sort({ seq: 1 })
    .limit(30)
    .lean<MessageRecord[]>();
  const reply = after.find(
    (message) => isAnswer(message) && message.author.type === "user" && message.text.trim().length >= SHORTEST_REPLY,
  );
  if (!reply) return;
  const bot = await ctx.knowledge.botFor(workspaceId.toHexString());
  await OpenQuestionModel.updateOne(
    { _id: question._id, state: "waiting" },
    {
      $set: {
        state: "answered",
        reply: reply.text.trim().slice(0, 10_000).toWellFormed(),
        replyLocale: bot.languageOf(reply.text) ?? question.locale,
      },
    },
  );
}

async function suggestFor(ctx: Context, workspaceId: string): Promise<number> {
  const questions = await OpenQuestionModel.find({
    workspaceId: new Types.ObjectId(workspaceId),
    state: { $in: ["answered", "used"] },
  })
    .sort({ _id: -1 })
    .limit(GROUPED)
    .lean<OpenQuestionRecord[]>();
  questions.reverse();
  const bot = await ctx.knowledge.botFor(workspaceId);
  let changed = 0;
  for (const places of await bot.group(questions.map(({ text }) => text))) {
    const group = places.map((place) => questions[place]!);
    const fresh = group.filter(({ state }) => state === "answered");
    if (fresh.length === 0 || new Set(group.map(({ conversationId }) => String(conversationId))).size < LEAST) continue;
    const known = group.find(({ suggestionId }) => suggestionId)?.suggestionId;
    // Those in another suggestion stay there; all others are one.
    const members = group.filter(({ suggestionId }) => !suggestionId || suggestionId.equals(known));
    if (await keepSuggestion(ctx, known ?? members[0]!._id, members, (texts) => bot.group(texts))) changed += 1;
  }
  return changed;
}

async function keepSuggestion(
  ctx: Context,
  id: Types.ObjectId,
  members: OpenQuestionRecord[],
  group: (texts: string[]) => Promise<number[][]>,
): Promise<boolean> {
  const first = members[0]!;
  const made = SuggestionModel.updateOne(
    { _id: id, state: { $in: ["open", null] } },
    {
      $set: {
        workspaceId: first.workspaceId,
        state: "open",
        questions: questionsOf(members),
        answers: await answersOf(members, group),
        questionIds: members.map(({ _id }) => _id),
        conversationIds: [
          ...new Map(members.map(({ conversationId }) => [String(conversationId), conversationId])).values(),
        ],
        count: members.length,
        lastAskedAt: members.at(-1)!.at,
      },
      $setOnInsert: { createdAt: ctx.clock.now() },
      $inc: { version: 1 },
    },
    { upsert: true },
  );
  try {
    await made;
  } catch (error) {
    // It was accepted or dismissed meanwhile.
    if (!duplicateKeyOf(error)) throw error;
    return false;
  }
  await OpenQuestionModel.updateMany(
    { _id: { $in: members.map(({ _id }) => _id) }, state: "answered" },
    { $set: { state: "used", suggestionId: id } },
  );
  return true;
}

function questionsOf(members: OpenQuestionRecord[]): Localized<string[]> {
  const questions: Localized<string[]> = {};
  for (const { text, locale } of members) {
    const known = questions[locale] ?? [];
    questions[locale] = known;
    const plain = text.toLowerCase();
    if (known.length < QUESTIONS_SHOWN && !known.some((each) => each.toLowerCase() === plain)) known.push(text);
  }
  return questions;
}

/** Of the replies in each language, the latest of those that most agents agree on. */
async function answersOf(
  members: OpenQuestionRecord[],
  group: (texts: string[]) => Promise<number[][]>,
): Promise<Localized> {
  const replies = new Map<Locale, string[]>();
  for (const { reply, replyLocale, locale } of members) {
    if (!reply) continue;
    const language = replyLocale ?? locale;
    replies.set(language, [...(replies.get(language) ?? []), reply]);
  }
  const answers: Localized = {};
  for (const [locale, texts] of replies) answers[locale] = texts[(await group(texts))[0]?.at(-1) ?? 0]!;
  return answers;
}

/**
 * Makes an entry of a suggestion, as it is or edited. Accepting it twice makes one.
 * @throws AppError forbidden, not_found, conflict (dismissed already), version_mismatch
 */
export async function acceptSuggestion(
  ctx: Context,
  {
    viewer,
    id,
    edit,
    version,
  }: {
    viewer: Viewer;
    id: string;
    edit: { questions?: FaqInput["questions"] | undefined; answers?: FaqInput["answers"] | undefined };
    version?: number | undefined;
  },
): Promise<FaqRecord> {
  requirePermission(viewer, "faqs.edit");
  const suggestion = await findSuggestion(viewer.workspaceId, id);
  const externalId = `suggestion:${id}`;
  const known = () => FaqModel.findOne({ workspaceId: viewer.workspaceId, externalId }).lean<FaqRecord>();
  if (suggestion.state === "accepted") {
    const faq = await known();
    if (faq) return faq;
  }
  if (suggestion.state !== "open") throw new AppError("conflict");
  if (version !== undefined && (suggestion.version ?? 0) !== version) throw new AppError("version_mismatch");
  let faq: FaqRecord | null;
  try {
    const input = {
      externalId,
      questions: edit.questions ?? suggestion.questions,
      answers: edit.answers ?? suggestion.answers,
    };
    faq = await createFaq(ctx, { workspaceId: viewer.workspaceId, input });
  } catch (error) {
    if (!(error instanceof AppError && error.code === "conflict")) throw error;
    // A click before this one made the entry, and did not come further.
    faq = await known();
    if (!faq) throw error;
  }
  await close(suggestion, { state: "accepted", faqId: faq._id });
  return faq;
}

/** Takes a suggestion off the list; the same questions do not come back. @throws AppError forbidden, not_found, version_mismatch */
export async function dismissSuggestion(
  _ctx: Context,
  { viewer, id, version }: { viewer: Viewer; id: string; version?: number | undefined },
): Promise<void> {
  requirePermission(viewer, "faqs.edit");
  const suggestion = await findSuggestion(viewer.workspaceId, id);
  if (suggestion.state !== "open") return;
  if (version !== undefined && (suggestion.version ?? 0) !== version) throw new AppError("version_mismatch");
  await close(suggestion, { state: "dismissed" });
}

async function close(
  { _id, workspaceId, questionIds }: SuggestionRecord,
  set: Partial<SuggestionRecord>,
): Promise<void> {
  await SuggestionModel.updateOne({ _id, workspaceId, state: "open" }, { $set: set, $inc: { version: 1 } });
  await OpenQuestionModel.updateMany({ _id: { $in: questionIds } }, { $set: { state: "done" } });
}
