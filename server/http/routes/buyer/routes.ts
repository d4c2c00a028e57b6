import { z } from "zod";
import { ATTACHMENT_MAX_BYTES, ATTACHMENT_TYPES, attachmentSchema } from "../../../../contract/attachment.ts";
import {
  buyerCodeRefusalSchema,
  buyerCodeRequestSchema,
  buyerCodeSchema,
  buyerLinkInputSchema,
  buyerLinkSchema,
  buyerPoliciesSchema,
  buyerSessionSchema,
  buyerShopSchema,
  buyerStartSchema,
  buyerThreadsSchema,
} from "../../../../contract/buyer.ts";
import { idSchema, localeSchema } from "../../../../contract/common.ts";
import { nearestLocale, SOURCE_LOCALE } from "../../../../contract/locales.ts";
import { storeUpload } from "../../../actions/attachments.ts";
import {
  addressOf,
  CODE_COOKIE,
  confirmBuyerCode,
  maskedAddress,
  refuseCode,
  requestBuyerCode,
} from "../../../actions/buyer-codes.ts";
import { createBuyerLink } from "../../../actions/buyer-links.ts";
import { startThread } from "../../../actions/buyer-messages.ts";
import { authenticateBuyer, BUYER_COOKIE, DEVICE_COOKIE, logOutBuyer } from "../../../actions/buyer-sessions.ts";
import { buyerKey } from "../../../policies/buyer.ts";
import { PERMISSIONS } from "../../../policies/roles.ts";
import { presentAttachment } from "../../../presenters/attachments.ts";
import { isForBuyer, presentBuyerOrder, presentBuyerThread } from "../../../presenters/buyer.ts";
import { latestMessages, listBuyerOrders, listBuyerThreads, messageCentre } from "../../../queries/buyers.ts";
import { publishedAnswers } from "../../../queries/policies.ts";
import { buyerCookie, deviceCookie } from "../../message-centre.ts";
import { defineRoute, RAW_BODY } from "../../route.ts";
import { readUpload } from "../attachments/files.ts";

/** The cookie of the message centre stands for the buyer, on the hub's own pages alone. */
const asBuyer = { auth: "public", sameOrigin: true } as const;
const UPLOAD_LIMIT = { points: 30, seconds: 600 };
/** Mails are sent to strangers' addresses: few. */
const REQUEST_LIMIT = { points: 5, seconds: 900 };
const CODE_LIMIT = { points: 20, seconds: 600 };
const START_LIMIT = { points: 20, seconds: 600 };

export const buyerRoutes = [
  defineRoute({
    method: "post",
    path: "/buyer-links",
    summary: "A link that opens the message centre for a buyer whom the shop vouches for; it expires",
    auth: "user",
    roles: PERMISSIONS["buyer_links.create"],
    body: buyerLinkInputSchema,
    shownOnce: ["url"],
    responses: { 201: buyerLinkSchema },
    async handler({ ctx, viewer, body }) {
      const { url, expiresAt } = await createBuyerLink(ctx, { workspaceId: viewer.workspaceId, link: body });
      return { url, expiresAt: expiresAt.toISOString() };
    },
  }),
  defineRoute({
    method: "get",
    path: "/buyer/shop",
    summary: "Name and colour of the shop, for the message centre's pages",
    auth: "public",
    responses: { 200: buyerShopSchema },
    errors: ["unknown_inbox"],
    handler: async ({ ctx }) => (await messageCentre(ctx)).shop,
  }),
  defineRoute({
    method: "post",
    path: "/buyer/link-requests",
    summary:
      "Have a code sent by email that opens the message centre in this browser; the answer does not tell whether the address is known",
    ...asBuyer,
    limit: REQUEST_LIMIT,
    body: buyerCodeRequestSchema,
    responses: { 202: "empty" },
    errors: ["link_expired", "unknown_inbox"],
    async handler({ ctx, req, res, body, locale }) {
      const asked = { email: body.email, locale: body.locale ?? nearestLocale(locale) ?? SOURCE_LOCALE };
      const { token, maxAge, send } = await requestBuyerCode(ctx, asked, req.headers);
      res.once("close", send);
      res.cookie(CODE_COOKIE, token, { ...buyerCookie(ctx, req), maxAge });
    },
  }),
  defineRoute({
    method: "post",
    path: "/buyer/codes",
    summary: "Type the code that was sent by email: opens everything of its address in the browser that asked for it",
    ...asBuyer,
    limit: CODE_LIMIT,
    body: buyerCodeSchema,
    responses: { 204: "empty" },
    errors: ["wrong_code", "code_expired"],
    async handler({ ctx, req, res, body }) {
      const { session, device } = await confirmBuyerCode(ctx, body.code, req.headers);
      res.cookie(BUYER_COOKIE, session.token, { ...buyerCookie(ctx, req), maxAge: session.maxAge });
      res.cookie(DEVICE_COOKIE, device.token, { ...deviceCookie(ctx, req), maxAge: device.maxAge });
      res.clearCookie(CODE_COOKIE, buyerCookie(ctx, req));
    },
  }),
  defineRoute({
    method: "post",
    path: "/buyer/code-refusals",
    summary: "Say that one did not ask for a code that came by email: it ends, with what it opened",
    ...asBuyer,
    limit: CODE_LIMIT,
    body: buyerCodeRefusalSchema,
    responses: { 204: "empty" },
    errors: ["link_expired"],
    handler: ({ ctx, body }) => refuseCode(ctx, body.token),
  }),
  defineRoute({
    method: "get",
    path: "/buyer/session",
    summary: "Who the message centre's cookie stands for",
    ...asBuyer,
    responses: { 200: buyerSessionSchema },
    errors: ["link_expired", "unknown_inbox"],
    async handler({ ctx, req }): Promise<z.output<typeof buyerSessionSchema>> {
      const buyer = await authenticateBuyer(ctx, req.headers);
      const { shop, maxLength } = await messageCentre(ctx, buyer.workspaceId);
      const address = buyer.scope && (await addressOf(buyer));
      return {
        ...shop,
        ...(buyer.scope && { scope: buyer.scope }),
        ...(address && { codeTo: maskedAddress(address) }),
        key: buyerKey(buyer),
        maxLength,
        attachments: { types: [...ATTACHMENT_TYPES], maxBytes: ATTACHMENT_MAX_BYTES },
        ...(buyer.name && { name: buyer.name }),
        ...(nearestLocale(buyer.locale) && { locale: nearestLocale(buyer.locale) }),
      };
    },
  }),
  defineRoute({
    method: "post",
    path: "/buyer/logout",
    summary: "End the session and forget the buyer in this browser",
    ...asBuyer,
    responses: { 204: "empty" },
    async handler({ ctx, req, res }) {
      await logOutBuyer(ctx, req.headers);
      res.clearCookie(BUYER_COOKIE, buyerCookie(ctx, req));
      res.clearCookie(DEVICE_COOKIE, deviceCookie(ctx, req));
    },
  }),
  defineRoute({
    method: "get",
    path: "/buyer/threads",
    summary: "The buyer's threads with the shop, newest first, and their orders",
    ...asBuyer,
    query: z.object({ cursor: z.string().max(100).optional() }),
    responses: { 200: buyerThreadsSchema },
    errors: ["link_expired", "invalid_cursor"],
    async handler({ ctx, query, req }) {
      const buyer = await authenticateBuyer(ctx, req.headers);
      const [{ items, nextCursor }, orders] = await Promise.all([
        listBuyerThreads(buyer, query.cursor),
        listBuyerOrders(buyer),
      ]);
      const latest = await latestMessages(items, (message, conversation) =>
        isForBuyer(message, conversation, buyer.addresses),
      );
      return {
        threads: items
          .map((conversation) => presentBuyerThread(conversation, latest.get(conversation._id.toHexString())))
          .filter(({ lastMessage }) => lastMessage !== null)
          .sort((a, b) => b.lastActivityAt.localeCompare(a.lastActivityAt)),
        orders: orders.map(presentBuyerOrder),
        nextCursor,
      };
    },
  }),
  defineRoute({
    method: "post",
    path: "/buyer/threads",
    summary: "Begin a thread with the shop, about an order or in general; once per echoId",
    ...asBuyer,
    limit: START_LIMIT,
    body: buyerStartSchema,
    responses: { 201: z.object({ id: idSchema }) },
    errors: [
      "link_expired",
      "code_needed",
      "not_found",
      "empty_message",
      "message_too_long",
      "unknown_attachment",
      "unknown_inbox",
    ],
    async handler({ ctx, body, req }) {
      const buyer = await authenticateBuyer(ctx, req.headers);
      const { conversation } = await startThread(ctx, { buyer, start: body });
      return { id: conversation._id.toHexString() };
    },
  }),
  defineRoute({
    method: "get",
    path: "/buyer/policies",
    summary: "The shop's published answers in a language",
    ...asBuyer,
    query: z.object({ locale: localeSchema.optional() }),
    responses: { 200: buyerPoliciesSchema },
    errors: ["link_expired"],
    async handler({ ctx, query, req, locale }) {
      const { workspaceId } = await authenticateBuyer(ctx, req.headers);
      return { items: await publishedAnswers(workspaceId, query.locale ?? locale) };
    },
  }),
  defineRoute({
    method: "post",
    path: "/buyer/attachments",
    summary: "Upload a file as a buyer at the message centre; the body is the file",
    ...asBuyer,
    limit: UPLOAD_LIMIT,
    query: z.object({ name: z.string().min(1).max(255) }),
    body: RAW_BODY,
    maxBody: ATTACHMENT_MAX_BYTES,
    responses: { 201: attachmentSchema },
    errors: ["link_expired", "attachment_too_large", "attachment_type_not_allowed", "attachment_type_mismatch"],
    async handler({ ctx, query, req }) {
      const buyer = await authenticateBuyer(ctx, req.headers);
      const stored = await storeUpload(ctx, {
        address: req.ip,
        workspaceId: buyer.workspaceId,
        owner: buyerKey(buyer),
        name: query.name,
        claimedType: req.headers["content-type"] ?? "",
        bytes: await readUpload(req),
      });
      return presentAttachment(ctx, stored);
    },
  }),
];
