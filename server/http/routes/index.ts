import type { Route } from "../route.ts";
import { apiKeyRoutes } from "./api-keys/routes.ts";
import { attachmentRoutes } from "./attachments/routes.ts";
import { authRoutes } from "./auth/routes.ts";
import { automationRoutes } from "./automations/routes.ts";
import { botRoutes } from "./bot/routes.ts";
import { buyerRoutes } from "./buyer/routes.ts";
import { cannedResponseRoutes } from "./canned-responses/routes.ts";
import { checkInRoutes } from "./check-ins/routes.ts";
import { compensationRoutes } from "./compensations/routes.ts";
import { contactRoutes } from "./contacts/routes.ts";
import { conversationRoutes } from "./conversations/routes.ts";
import { copilotRoutes } from "./copilot/routes.ts";
import { databaseRoutes } from "./database/routes.ts";
import { demoRoutes } from "./demo/routes.ts";
import { documentRoutes } from "./documents/routes.ts";
import { faqRoutes } from "./faqs/routes.ts";
import { importRoutes } from "./imports/routes.ts";
import { inboxRoutes } from "./inboxes/routes.ts";
import { insiteRoutes } from "./insite/routes.ts";
import { integrationRoutes } from "./integrations/routes.ts";
import { mailRoutes } from "./mail/routes.ts";
import { notMeRoutes } from "./not-me/routes.ts";
import { orderRoutes } from "./orders/routes.ts";
import { reviewItemRoutes } from "./review-items/routes.ts";
import { suggestionRoutes } from "./suggestions/routes.ts";
import { templateRoutes } from "./templates/routes.ts";
import { unsubscribeRoutes } from "./unsubscribe/routes.ts";
import { userRoutes } from "./users/routes.ts";
import { webhookRoutes } from "./webhooks/routes.ts";
import { widgetRoutes } from "./widget/routes.ts";
import { workspaceRoutes } from "./workspace/routes.ts";

/** Every route of the API. A new resource is a folder here and a line below. */
export const routes: readonly Route[] = [
  ...authRoutes,
  ...workspaceRoutes,
  ...userRoutes,
  ...apiKeyRoutes,
  ...inboxRoutes,
  ...mailRoutes,
  ...conversationRoutes,
  ...cannedResponseRoutes,
  ...contactRoutes,
  ...reviewItemRoutes,
  ...faqRoutes,
  ...insiteRoutes,
  ...orderRoutes,
  ...importRoutes,
  ...integrationRoutes,
  ...webhookRoutes,
  ...automationRoutes,
  ...templateRoutes,
  ...checkInRoutes,
  ...compensationRoutes,
  ...unsubscribeRoutes,
  ...notMeRoutes,
  ...botRoutes,
  ...copilotRoutes,
  ...documentRoutes,
  ...suggestionRoutes,
  ...attachmentRoutes,
  ...widgetRoutes,
  ...buyerRoutes,
  ...databaseRoutes,
  ...demoRoutes,
];
