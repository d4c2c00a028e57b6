// Generated from the API's own description by `npm run client`. Change the routes, not this file.

export type ApiKey = {
  id: string;
  name: string;
  prefix: string;
  role: "agent" | "supervisor" | "admin";
  scopes?: string[];
  inboxKey?: string;
  source?: string;
  createdAt: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
};

export type Attachment = {
  id: string;
  name: string;
  type: string;
  size: number;
  url: string;
  width?: number;
  height?: number;
};

export type Automation = {
  id: string;
  key?: string;
  version: number;
  enabled: boolean;
  name: string;
  description: string;
  trigger: {
    type: "order.created" | "order.paid" | "order.shipped" | "order.out_for_delivery" | "order.delivered" | "order.completed" | "order.delayed" | "order.overdue" | "order.lost" | "order.cancelled" | "order.price_changed" | "review.received" | "conversation.created" | "conversation.waiting" | "conversation.resolved" | "conversation.no_reply" | "message.received";
  } | {
    type: "schedule";
    over: "orders" | "conversations";
    at: string;
    timeZone?: string;
    weekdays?: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
    withinDays?: number;
  };
  delay: {
    amount: number;
    unit: "minutes" | "hours" | "days";
  };
  conditions: {
    match: "all" | "any";
    items: {
      field: "order.total" | "order.currency" | "order.state" | "order.delayed" | "order.days_late" | "order.items" | "order.categories" | "order.products" | "order.carrier" | "order.tracked" | "review.rating" | "review.text" | "buyer.country" | "buyer.language" | "buyer.has_email" | "buyer.had_contact" | "conversation.channel" | "conversation.status" | "conversation.priority" | "conversation.labels" | "conversation.assigned" | "conversation.has_order" | "message.text" | "message.has_files" | "message.question" | "time.business_hours";
      operator: string;
      value: string | number | boolean | string[];
    }[];
  };
  actions: {
    id?: string;
    type: "send_template";
    template: string;
    channel?: "auto" | "chat" | "email" | "insite";
  } | {
    id?: string;
    type: "label";
    labels: string[];
    remove?: boolean;
  } | {
    id?: string;
    type: "assign";
    userId: string;
  } | {
    id?: string;
    type: "set_priority";
    priority: "low" | "normal" | "high" | "urgent";
  } | {
    id?: string;
    type: "credit_compensation";
    reason: string;
  } | {
    id?: string;
    type: "webhook";
    url: string;
  } | {
    id?: string;
    type: "wait";
    duration: {
      amount: number;
      unit: "minutes" | "hours" | "days";
    };
  } | {
    id?: string;
    type: "stop";
  }[];
  cap: {
    most: number;
    hours: number;
  } | null;
  quietHours: boolean;
  holdWhenOpen: boolean;
  stopOnReply: boolean;
  windowHours: number;
  triggersOthers: boolean;
  paused: {
    at: string;
    reason: string;
  } | null;
  counters: {
    triggered: number;
    sent: number;
    held: number;
    cancelled: number;
  };
  createdAt: string;
  updatedAt: string;
  updatedBy?: string;
};

export type AutomationFile = {
  parley: "automations/1";
  automations: (({
    name: string;
    description?: string;
    trigger: {
      type: "order.created" | "order.paid" | "order.shipped" | "order.out_for_delivery" | "order.delivered" | "order.completed" | "order.delayed" | "order.overdue" | "order.lost" | "order.cancelled" | "order.price_changed" | "review.received" | "conversation.created" | "conversation.waiting" | "conversation.resolved" | "conversation.no_reply" | "message.received";
    } | {
      type: "schedule";
      over: "orders" | "conversations";
      at: string;
      timeZone?: string;
      weekdays?: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
      withinDays?: number;
    };
    delay?: {
      amount: number;
      unit: "minutes" | "hours" | "days";
    };
    conditions?: {
      match: "all" | "any";
      items: {
        field: "order.total" | "order.currency" | "order.state" | "order.delayed" | "order.days_late" | "order.items" | "order.categories" | "order.products" | "order.carrier" | "order.tracked" | "review.rating" | "review.text" | "buyer.country" | "buyer.language" | "buyer.has_email" | "buyer.had_contact" | "conversation.channel" | "conversation.status" | "conversation.priority" | "conversation.labels" | "conversation.assigned" | "conversation.has_order" | "message.text" | "message.has_files" | "message.question" | "time.business_hours";
        operator: string;
        value: string | number | boolean | string[];
      }[];
    };
    actions: {
      id?: string;
      type: "send_template";
      template: string;
      channel?: "auto" | "chat" | "email" | "insite";
    } | {
      id?: string;
      type: "label";
      labels: string[];
      remove?: boolean;
    } | {
      id?: string;
      type: "assign";
      userId: string;
    } | {
      id?: string;
      type: "set_priority";
      priority: "low" | "normal" | "high" | "urgent";
    } | {
      id?: string;
      type: "credit_compensation";
      reason: string;
    } | {
      id?: string;
      type: "webhook";
      url: string;
    } | {
      id?: string;
      type: "wait";
      duration: {
        amount: number;
        unit: "minutes" | "hours" | "days";
      };
    } | {
      id?: string;
      type: "stop";
    }[];
    cap?: {
      most: number;
      hours: number;
    } | null;
    quietHours?: boolean;
    holdWhenOpen?: boolean;
    stopOnReply?: boolean;
    windowHours?: number;
    triggersOthers?: boolean;
    enabled?: boolean;
  }) & ({
    key?: string;
    [field: string]: unknown;
  }))[];
  templates: {
    key: string;
    name: string;
    fallback?: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
    texts: Partial<Record<"en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id", TemplateText>>;
  }[];
};

export type BotDecision = {
  language: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
  decision: "answer" | "clarify" | "offer" | "hand_off" | "silent";
  reason?: "customer_request" | "missing_knowledge" | "unsupported_request" | "policy_restriction" | "tool_failure" | "low_confidence" | "sentiment" | "repeated" | "usage_limit";
  confidence: number;
  sources: {
    faqId: string;
    externalId?: string;
    score: number;
    title?: string;
  }[];
  text?: string;
};

export type CheckIn = {
  id: string;
  automation: {
    id: string;
    name: string;
    key?: string;
  };
  trigger: string;
  step: string;
  part: number;
  outcome?: "sent" | "done" | "held" | "deferred" | "cancelled";
  reason?: "rule_off" | "rule_changed" | "conditions" | "order_gone" | "order_ended" | "order_returned" | "order_moved_on" | "not_late" | "buyer_wrote" | "conversation_open" | "conversation_moved_on" | "opted_out" | "address_bounced" | "no_channel" | "quiet_hours" | "buyer_cap" | "rule_cap" | "too_late" | "missing_variable" | "template_missing" | "too_long" | "loop" | "awaiting" | "failed" | "by_hand";
  detail?: string;
  dueAt: string | null;
  finishedAt: string | null;
  history: {
    at: string;
    outcome: "sent" | "done" | "held" | "deferred" | "cancelled";
    reason?: "rule_off" | "rule_changed" | "conditions" | "order_gone" | "order_ended" | "order_returned" | "order_moved_on" | "not_late" | "buyer_wrote" | "conversation_open" | "conversation_moved_on" | "opted_out" | "address_bounced" | "no_channel" | "quiet_hours" | "buyer_cap" | "rule_cap" | "too_late" | "missing_variable" | "template_missing" | "too_long" | "loop" | "awaiting" | "failed" | "by_hand";
    until?: string;
  }[];
  orderId?: string;
  contactId?: string;
  conversationId?: string;
  messageId?: string;
  channel?: "chat" | "email" | "insite";
  occurredAt: string;
  createdAt: string;
};

export type Compensation = {
  id: string;
  orderId: string;
  orderNumber: string;
  reason: string;
  buyer: {
    id?: string;
    name: string;
  };
  rule: {
    id: string;
    name: string;
  };
  amount: number;
  currency: string;
  state: "awaiting" | "due" | "credited" | "recorded" | "paid" | "rejected" | "failed";
  failure?: string;
  decidedBy?: string;
  createdAt: string;
  updatedAt: string;
};

export type CompensationRule = {
  id: string;
  version: number;
  name: string;
  enabled: boolean;
  reason: string;
  minDaysLate: number;
  minTotal?: number;
  maxTotal?: number;
  currency?: string;
  countries: string[];
  categories: string[];
  kind: "amount" | "percent";
  value: number;
  most: number | null;
  approvalAbove: number | null;
  createdAt: string;
  updatedAt: string;
};

export type ContactSummary = {
  id: string;
  name: string;
  email?: string;
  emailHint?: string;
  locale?: string;
  country?: string;
  timeZone?: string;
  verified: boolean;
  version?: number;
};

export type Conversation = {
  id: string;
  inboxId: string;
  channel: "chat" | "email" | "insite";
  status: "pending" | "open" | "snoozed" | "resolved";
  kind: "person" | "automatic" | "spam";
  contact: ContactSummary;
  assignee: {
    id: string;
    name: string;
  } | null;
  locale?: string;
  orderId?: string;
  subject?: string;
  answerTo?: string;
  labels: string[];
  priority: "low" | "normal" | "high" | "urgent";
  lastSeq: number;
  lastMessage: {
    seq: number;
    text: string;
    direction: "incoming" | "outgoing" | "activity";
    author: "contact" | "user" | "bot" | "system";
    attachments: number;
    at: string;
  } | null;
  waitingSince: string | null;
  unread: number;
  handoffReason?: "customer_request" | "missing_knowledge" | "unsupported_request" | "policy_restriction" | "tool_failure" | "low_confidence" | "sentiment" | "repeated" | "usage_limit";
  snoozedUntil: string | null;
  draft: Draft;
  contactReadSeq: number;
  agentReadSeq: number;
  createdAt: string;
  lastActivityAt: string;
};

export type Draft = {
  id: string;
  text: string;
  locale?: string;
  bot: {
    decision: "answer" | "clarify" | "offer" | "hand_off" | "silent";
    reason?: "customer_request" | "missing_knowledge" | "unsupported_request" | "policy_restriction" | "tool_failure" | "low_confidence" | "sentiment" | "repeated" | "usage_limit";
    confidence: number;
    sources: {
      faqId: string;
      externalId?: string;
      score: number;
      title?: string;
    }[];
    order?: boolean;
    model?: string;
    tokens?: number;
    latency: number;
  };
  files?: string[];
  seq: number;
  createdAt: string;
} | null;

export type Error = {
  error: {
    code: "invalid_json" | "invalid_request" | "invalid_encoding" | "invalid_cursor" | "unauthenticated" | "invalid_credentials" | "invalid_visitor_token" | "invalid_identity" | "identity_expired" | "identity_too_long" | "identity_wrong_audience" | "identity_claims" | "identity_ended" | "invalid_signature" | "stale_signature" | "link_expired" | "forbidden" | "origin_not_allowed" | "password_change_required" | "code_needed" | "not_found" | "unknown_inbox" | "unknown_integration" | "unknown_route" | "method_not_allowed" | "conflict" | "contact_has_history" | "message_id_reused" | "thread_of_another_buyer" | "event_id_reused" | "order_of_another_buyer" | "order_number_shared" | "address_of_another_contact" | "already_claimed" | "not_owner" | "draft_gone" | "already_sent" | "version_mismatch" | "message_too_long" | "payload_too_large" | "attachment_too_large" | "attachment_type_not_allowed" | "attachment_type_mismatch" | "unsupported_media_type" | "empty_message" | "model_required" | "import_unreadable" | "page_unreadable" | "wrong_code" | "code_expired" | "template_invalid" | "unknown_attachment" | "weak_password" | "unknown_channel" | "not_reachable" | "rate_limited" | "budget_spent" | "internal" | "data_damaged" | "model_failed" | "unavailable" | "storage_unwritable" | "storage_full";
    message: string;
    details?: unknown;
  };
};

export type Faq = {
  id: string;
  version: number;
  externalId?: string;
  questions: Partial<Record<"en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id", string[]>>;
  answers: LocalizedText;
  enabled: boolean;
  orderStatus?: boolean;
  documents?: string[];
  drafts?: Partial<Record<"en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id", {
      questions: string[];
      answer: string;
      model?: string;
      createdAt: string;
    }>>;
  createdAt: string;
  updatedAt: string;
};

export type FaqInput = {
  externalId?: string;
  questions: Partial<Record<"en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id", string[]>>;
  answers: LocalizedText;
  enabled?: boolean;
  orderStatus?: boolean;
  documents?: string[];
};

export type Import = {
  id: string;
  kind: "orders";
  name: string;
  format: "csv" | "json";
  state: "ready" | "running" | "stopped" | "done";
  columns: {
    name: string;
    samples: string[];
  }[];
  mapping: Partial<Record<"orderId" | "number" | "status" | "createdAt" | "paidAt" | "shippedAt" | "deliveredAt" | "cancelledAt" | "promisedAt" | "buyerId" | "buyerName" | "buyerEmail" | "buyerPhone" | "buyerCountry" | "buyerLocale" | "total" | "currency" | "shipping" | "tax" | "discount" | "itemSku" | "itemName" | "itemQuantity" | "itemPrice" | "items" | "carrier" | "trackingNumber" | "trackingUrl", string>>;
  missing: (("orderId" | "number" | "status" | "createdAt" | "paidAt" | "shippedAt" | "deliveredAt" | "cancelledAt" | "promisedAt" | "buyerId" | "buyerName" | "buyerEmail" | "buyerPhone" | "buyerCountry" | "buyerLocale" | "total" | "currency" | "shipping" | "tax" | "discount" | "itemSku" | "itemName" | "itemQuantity" | "itemPrice" | "items" | "carrier" | "trackingNumber" | "trackingUrl")[])[];
  total: number;
  processed: number;
  ok: number;
  duplicate: number;
  error: number;
  by: {
    id: string;
    name: string;
  };
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
};

export type ImportRow = {
  row: number;
  result: "ok" | "duplicate" | "error";
  orderId?: string;
  problems: {
    code: "missing" | "not_a_number" | "not_a_date" | "not_an_email" | "not_a_country" | "not_a_currency" | "unknown_status" | "too_long" | "malformed_row" | "not_valid" | "another_buyer";
    column?: string;
    value?: string;
    message: string;
  }[];
};

export type Inbox = {
  id: string;
  version: number;
  key: string;
  channel: "chat" | "email" | "insite";
  name: string;
  enabled: boolean;
  address?: string;
  source?: string;
  greeting: LocalizedText;
  bot: {
    mode: "auto" | "draft" | "off";
    threshold: number;
    tone?: string;
  };
  accent: string;
  allowedOrigins: string[];
  undoSeconds: number;
  capabilities: {
    html: boolean;
    attachments: boolean;
    typing: boolean;
    readReceipts: boolean;
    proactive: boolean;
    maxLength: number;
    threads: boolean;
  };
};

export type InsiteMessage = {
  messageId: string;
  threadId: string;
  buyer: {
    externalId: string;
    name?: string;
    locale?: string;
    country?: string;
    email?: string;
    phone?: string;
  };
  orderId?: string;
  text: string;
  attachments?: {
    name: string;
    type: string;
    content: string;
  }[];
  sentAt: string;
};

export type Integration = {
  id: string;
  platform: "shopify" | "woocommerce" | "aftership" | "ebay" | "generic";
  name: string;
  enabled: boolean;
  status: "waiting" | "working" | "failing" | "off";
  url: string;
  inboxId: string | null;
  source: string | null;
  settings: Record<string, unknown>;
  secrets: string[];
  version: number;
  createdAt: string;
  lastEventAt: string | null;
  lastRefusal: {
    code: "invalid_signature" | "stale_signature" | "invalid_json" | "invalid_request";
    at: string;
  } | null;
  events: {
    pending: number;
    failed: number;
  };
};

export type IntegrationEvent = {
  id: string;
  integrationId: string;
  deliveryId: string;
  topic: string;
  state: "pending" | "done" | "ignored" | "failed";
  body: string;
  tries: number;
  failure?: string;
  failureText?: string;
  orderIds: string[];
  conversationIds: string[];
  receivedAt: string;
};

export type LocalizedText = Partial<Record<"en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id", string>>;

export type Message = {
  id: string;
  conversationId: string;
  seq: number;
  channel: "chat" | "email" | "insite";
  direction: "incoming" | "outgoing" | "activity";
  private: boolean;
  author: {
    type: "contact" | "user" | "bot" | "system";
    id?: string;
    name?: string;
  };
  text: string;
  attachments: Attachment[];
  status: "pending" | "sent" | "delivered" | "read" | "failed";
  failure?: string;
  problem?: {
    code: string;
    kind: "hard" | "soft";
    address?: string;
    status?: string;
    said?: string;
  };
  mayBeTwice?: boolean;
  activity?: {
    kind: "claimed" | "assigned" | "released" | "handed_off" | "handed_to_bot" | "snoozed" | "woken" | "resolved" | "reopened" | "merged" | "split" | "taken_back" | "marked_person" | "marked_automatic" | "marked_spam" | "address_refused";
    name?: string;
    reason?: "customer_request" | "missing_knowledge" | "unsupported_request" | "policy_restriction" | "tool_failure" | "low_confidence" | "sentiment" | "repeated" | "usage_limit";
    until?: string;
    summary?: {
      wish: string;
      tried: {
        decision: "answer" | "clarify" | "offer" | "hand_off" | "silent";
        title?: string;
      }[];
      orderNumber?: string;
      files?: number;
      text?: string;
      model?: string;
    };
  };
  bot?: {
    decision: "answer" | "clarify" | "offer" | "hand_off" | "silent";
    reason?: "customer_request" | "missing_knowledge" | "unsupported_request" | "policy_restriction" | "tool_failure" | "low_confidence" | "sentiment" | "repeated" | "usage_limit";
    confidence: number;
    sources: {
      faqId: string;
      externalId?: string;
      score: number;
      title?: string;
    }[];
    order?: boolean;
    model?: string;
    tokens?: number;
    latency: number;
  };
  automatic: boolean;
  automation?: {
    id: string;
    name: string;
  };
  original?: {
    subject: string;
    from?: {
      address: string;
      name: string;
    };
    to: {
      address: string;
      name: string;
    }[];
    cc: {
      address: string;
      name: string;
    }[];
    bcc?: {
      address: string;
      name: string;
    }[];
    stored: boolean;
    kind?: string;
    notes: string[];
    proof?: "pass" | "fail" | "unknown";
    role?: "another_address" | "copied" | "refused";
    claims?: string;
  };
  locale?: string;
  translations?: Partial<Record<"en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id", {
      text: string;
      model?: string;
    }>>;
  sentIn?: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
  translationFailed?: boolean;
  sendAt?: string;
  echoId?: string;
  createdAt: string;
};

export type Order = {
  id: string;
  orderId: string;
  number: string;
  state: "created" | "paid" | "shipped" | "out_for_delivery" | "delivered" | "completed" | "lost" | "cancelled";
  delayed: boolean;
  buyer: {
    externalId: string;
    name?: string;
    country?: string;
  };
  contactId?: string;
  items: {
    sku?: string;
    name: string;
    quantity?: number;
    price?: number;
    category?: string;
    image?: string;
    [field: string]: unknown;
  }[];
  total?: number;
  shipping?: number;
  tax?: number;
  discount?: number;
  refunded?: number;
  currency?: string;
  createdAt?: string;
  shippedAt?: string;
  promisedAt?: string;
  deliveredAt?: string;
  tracking?: {
    carrier?: string;
    number?: string;
    url?: string;
    [field: string]: unknown;
  };
  extra?: Record<string, unknown>;
  timeline: {
    type: string;
    occurredAt: string;
    description?: string;
    location?: string;
  }[];
  updatedAt: string;
};

export type OrderEvent = {
  eventId: string;
  type: string;
  occurredAt: string;
  orderId: string;
  buyer: {
    externalId: string;
    name?: string;
    locale?: string;
    country?: string;
    email?: string;
    phone?: string;
  };
  order?: {
    number?: string;
    items?: {
      sku?: string;
      name: string;
      quantity?: number;
      price?: number;
      category?: string;
      image?: string;
      [field: string]: unknown;
    }[];
    total?: number;
    shipping?: number;
    tax?: number;
    discount?: number;
    refunded?: number;
    currency?: string;
    promisedAt?: string;
    [field: string]: unknown;
  };
  tracking?: {
    carrier?: string;
    number?: string;
    url?: string;
    [field: string]: unknown;
  };
  description?: string;
  location?: string;
  [field: string]: unknown;
};

export type Platform = {
  platform: "shopify" | "woocommerce" | "aftership" | "ebay" | "generic";
  name: string;
  secretFrom: "platform" | "hub";
  brings: ("orders" | "messages")[];
  sends: boolean;
  topics: string[];
  fields: {
    name: string;
    kind: "text" | "url" | "choice" | "mapping";
    required: boolean;
    secret: boolean;
    choices?: string[];
    example?: string;
  }[];
  documentation: string;
};

export type ProductDocument = {
  id: string;
  version: number;
  title: string;
  kind: "manual" | "install_guide" | "size_chart" | "warranty" | "other";
  products: string[];
  files: Partial<Record<"en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id", Attachment>>;
  enabled: boolean;
  createdAt: string;
  updatedAt: string;
};

export type Session = {
  user: User;
  workspace: {
    id: string;
    name: string;
    locale: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
    businessHours?: {
      timeZone: string;
      week: Partial<Record<"mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun", {
          from: string;
          to: string;
        }[]>>;
      holidays?: string[];
    } | null;
  };
  mustChangePassword: boolean;
  demo: boolean;
};

export type Template = {
  id: string;
  version: number;
  key: string;
  name: string;
  fallback?: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
  texts: Partial<Record<"en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id", TemplateText>>;
  standard: boolean;
  usedBy: {
    id: string;
    name: string;
  }[];
  createdAt: string;
  updatedAt: string;
};

export type TemplateText = {
  subject?: string;
  text: string;
  html?: string;
  channels?: {
    chat?: {
      subject?: string;
      text: string;
      html?: string;
    };
    email?: {
      subject?: string;
      text: string;
      html?: string;
    };
    insite?: {
      subject?: string;
      text: string;
      html?: string;
    };
  };
};

export type User = {
  id: string;
  name: string;
  email: string;
  role: "agent" | "supervisor" | "admin";
  locale?: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
  readsIn?: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
  disabled: boolean;
};

export type Webhook = {
  id: string;
  name: string;
  url: string;
  events: ("conversation.created" | "conversation.updated" | "conversation.resolved" | "message.created" | "message.updated" | "order.updated" | "contact.merged" | "contact.split")[];
  enabled: boolean;
  createdAt: string;
  updatedAt: string;
  failingSince: string | null;
  parked: number;
};

export type WebhookBody = {
  id: string;
  type: "conversation.created";
  occurredAt: string;
  workspace: string;
  data: {
    conversation: Conversation;
  };
} | {
  id: string;
  type: "conversation.updated";
  occurredAt: string;
  workspace: string;
  data: {
    conversation: Conversation;
  };
} | {
  id: string;
  type: "conversation.resolved";
  occurredAt: string;
  workspace: string;
  data: {
    conversation: Conversation;
  };
} | {
  id: string;
  type: "message.created";
  occurredAt: string;
  workspace: string;
  data: {
    message: Message;
    conversation: Conversation;
    threadId?: string;
  };
} | {
  id: string;
  type: "message.updated";
  occurredAt: string;
  workspace: string;
  data: {
    message: Message;
    conversation: Conversation;
    threadId?: string;
  };
} | {
  id: string;
  type: "order.updated";
  occurredAt: string;
  workspace: string;
  data: {
    order: Order;
  };
} | {
  id: string;
  type: "contact.merged";
  occurredAt: string;
  workspace: string;
  data: {
    contact: ContactSummary;
    from: {
      id: string;
      name: string;
    };
    identityIds: string[];
  };
} | {
  id: string;
  type: "contact.split";
  occurredAt: string;
  workspace: string;
  data: {
    contact: ContactSummary;
    from: {
      id: string;
      name: string;
    };
    identityIds: string[];
  };
};

export type WebhookDelivery = {
  id: string;
  webhookId: string;
  eventId: string;
  type: "conversation.created" | "conversation.updated" | "conversation.resolved" | "message.created" | "message.updated" | "order.updated" | "contact.merged" | "contact.split";
  state: "pending" | "delivered" | "parked";
  body: string;
  tries: number;
  attempts: {
    at: string;
    status?: number;
    error?: string;
    response?: string;
    milliseconds: number;
  }[];
  createdAt: string;
  deliveredAt: string | null;
};

/** Every route by its method and path, with what it takes and gives. */
export interface Operations {
  /** Log in with email and password; sets the session cookie */
  "POST /auth/login": {
    body: {
      email: string;
      password: string;
    };
    response: Session;
  };
  /** End the login of the session cookie */
  "POST /auth/logout": {
    response: undefined;
  };
  /** Who is logged in */
  "GET /auth/session": {
    response: Session;
  };
  /** Change one's own password; ends one's other logins */
  "POST /auth/password": {
    body: {
      current: string;
      next: string;
    };
    response: Session;
  };
  /** The shop this login or key belongs to */
  "GET /workspace": {
    response: {
      id: string;
      name: string;
      locale: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
      businessHours?: {
        timeZone: string;
        week: Partial<Record<"mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun", {
            from: string;
            to: string;
          }[]>>;
        holidays?: string[];
      } | null;
    };
  };
  /** Change the shop's name or main language */
  "PATCH /workspace": {
    body: {
      name?: string;
      locale?: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
      businessHours?: {
        timeZone: string;
        week: Partial<Record<"mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun", {
            from: string;
            to: string;
          }[]>>;
        holidays?: string[];
      } | null;
    };
    response: {
      id: string;
      name: string;
      locale: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
      businessHours?: {
        timeZone: string;
        week: Partial<Record<"mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun", {
            from: string;
            to: string;
          }[]>>;
        holidays?: string[];
      } | null;
    };
  };
  /** List colleagues, by name */
  "GET /users": {
    response: User[];
  };
  /** Add a colleague; without a password one is made for the first login and returned once */
  "POST /users": {
    body: {
      name: string;
      email: string;
      role: "agent" | "supervisor" | "admin";
      password?: string;
    };
    response: {
      id: string;
      name: string;
      email: string;
      role: "agent" | "supervisor" | "admin";
      locale?: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
      readsIn?: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
      disabled: boolean;
      password?: string;
    };
  };
  /** One colleague */
  "GET /users/{id}": {
    params: { id: string };
    response: User;
  };
  /** Change a colleague's name, role or language, or disable them; anyone may change their own name and language */
  "PATCH /users/{id}": {
    params: { id: string };
    body: {
      name?: string;
      role?: "agent" | "supervisor" | "admin";
      locale?: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
      readsIn?: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id" | null;
      disabled?: boolean;
    };
    response: User;
  };
  /** List API keys, newest first, without the keys themselves */
  "GET /api-keys": {
    response: ApiKey[];
  };
  /** Make an API key; the key is returned once */
  "POST /api-keys": {
    body: {
      name: string;
      role?: "agent" | "supervisor" | "admin";
      scopes?: string[];
      inboxKey?: string;
      source?: string;
      expiresAt?: string;
    };
    response: {
      key: string;
      apiKey: ApiKey;
    };
  };
  /** Revoke an API key at once */
  "DELETE /api-keys/{id}": {
    params: { id: string };
    response: undefined;
  };
  /** The workspace's inboxes */
  "GET /inboxes": {
    response: Inbox[];
  };
  /** Add an inbox: a mailbox with an address of its own, or a platform's place for in-site messages */
  "POST /inboxes": {
    body: {
      channel?: "email";
      name: string;
      address: string;
    } | {
      channel: "insite";
      name: string;
      key?: string;
      source?: string;
    };
    response: Inbox;
  };
  /** One inbox */
  "GET /inboxes/{id}": {
    params: { id: string };
    response: Inbox;
  };
  /** Change an inbox: greeting, bot mode, threshold, colour … */
  "PATCH /inboxes/{id}": {
    params: { id: string };
    body: {
      name?: string;
      enabled?: boolean;
      greeting?: LocalizedText;
      bot?: {
        mode?: "auto" | "draft" | "off";
        threshold?: number;
        tone?: string;
      };
      accent?: string;
      allowedOrigins?: string[];
      undoSeconds?: number;
    };
    response: Inbox;
  };
  /** The secret by which the shop signs its customers' identities */
  "GET /inboxes/{id}/identity-secret": {
    params: { id: string };
    response: {
      secret: string;
    };
  };
  /** Make a new identity secret; the old one stops working */
  "POST /inboxes/{id}/identity-secret": {
    params: { id: string };
    response: {
      secret: string;
    };
  };
  /** How a mailbox receives and sends; passwords and keys are not shown */
  "GET /inboxes/{id}/mailbox": {
    params: { id: string };
    response: {
      senderName: string;
      signature: string;
      signatures: Partial<Record<"en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id", string>>;
      addressPattern: "plus" | "plain";
      trustedRelays: string[];
      trustedResults: string[];
      imap: {
        host: string;
        port: number;
        security: "tls" | "starttls" | "auto" | "none";
        user: string;
        passwordSet: boolean;
        folder: string;
        pollSeconds: number;
      } | null;
      smtp: {
        host: string;
        port: number;
        security: "tls" | "starttls" | "auto" | "none";
        user: string;
        passwordSet: boolean;
      } | null;
      dkim: {
        domain: string;
        selector: string;
        record: {
          name: string;
          value: string;
        };
      } | null;
      receiver: {
        port: number;
        taken: boolean;
      } | null;
      webhookPath: string;
      local: boolean;
      state: {
        connected: boolean;
        at: string;
        fetchedAt: string | null;
        problem?: string;
        message?: string;
        detail?: string;
      } | null;
    };
  };
  /** Change how a mailbox receives and sends; a password that is left out stays, null removes a section */
  "PATCH /inboxes/{id}/mailbox": {
    params: { id: string };
    body: {
      senderName?: string;
      signature?: string;
      signatures?: Partial<Record<"en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id", string>>;
      addressPattern?: "plus" | "plain";
      trustedRelays?: string[];
      trustedResults?: string[];
      imap?: {
        host: string;
        port?: number;
        security?: "tls" | "starttls" | "auto" | "none";
        user?: string;
        password?: string;
        folder?: string;
        pollSeconds?: number;
      } | null;
      smtp?: {
        host: string;
        port?: number;
        security?: "tls" | "starttls" | "auto" | "none";
        user?: string;
        password?: string;
      } | null;
      dkim?: {
        domain: string;
        selector: string;
        privateKey?: string;
      } | null;
    };
    response: {
      senderName: string;
      signature: string;
      signatures: Partial<Record<"en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id", string>>;
      addressPattern: "plus" | "plain";
      trustedRelays: string[];
      trustedResults: string[];
      imap: {
        host: string;
        port: number;
        security: "tls" | "starttls" | "auto" | "none";
        user: string;
        passwordSet: boolean;
        folder: string;
        pollSeconds: number;
      } | null;
      smtp: {
        host: string;
        port: number;
        security: "tls" | "starttls" | "auto" | "none";
        user: string;
        passwordSet: boolean;
      } | null;
      dkim: {
        domain: string;
        selector: string;
        record: {
          name: string;
          value: string;
        };
      } | null;
      receiver: {
        port: number;
        taken: boolean;
      } | null;
      webhookPath: string;
      local: boolean;
      state: {
        connected: boolean;
        at: string;
        fetchedAt: string | null;
        problem?: string;
        message?: string;
        detail?: string;
      } | null;
    };
  };
  /** Make a new address for the raw-mail webhook; the old one stops working */
  "POST /inboxes/{id}/mailbox/webhook": {
    params: { id: string };
    response: {
      senderName: string;
      signature: string;
      signatures: Partial<Record<"en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id", string>>;
      addressPattern: "plus" | "plain";
      trustedRelays: string[];
      trustedResults: string[];
      imap: {
        host: string;
        port: number;
        security: "tls" | "starttls" | "auto" | "none";
        user: string;
        passwordSet: boolean;
        folder: string;
        pollSeconds: number;
      } | null;
      smtp: {
        host: string;
        port: number;
        security: "tls" | "starttls" | "auto" | "none";
        user: string;
        passwordSet: boolean;
      } | null;
      dkim: {
        domain: string;
        selector: string;
        record: {
          name: string;
          value: string;
        };
      } | null;
      receiver: {
        port: number;
        taken: boolean;
      } | null;
      webhookPath: string;
      local: boolean;
      state: {
        connected: boolean;
        at: string;
        fetchedAt: string | null;
        problem?: string;
        message?: string;
        detail?: string;
      } | null;
    };
  };
  /** Hand over a raw mail, as mail services do: the mail itself, or a form or JSON document that holds it */
  "POST /mail-webhook/{inboxKey}/{secret}": {
    params: { inboxKey: string; secret: string };
    body: BodyInit;
    response: {
      id: string;
      duplicate: boolean;
    };
  };
  /** Try a mailbox's settings, saved or not, and say in words what is wrong */
  "POST /inboxes/{id}/mailbox/test": {
    params: { id: string };
    body: {
      which: "imap" | "smtp";
      settings?: {
        senderName?: string;
        signature?: string;
        signatures?: Partial<Record<"en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id", string>>;
        addressPattern?: "plus" | "plain";
        trustedRelays?: string[];
        trustedResults?: string[];
        imap?: {
          host: string;
          port?: number;
          security?: "tls" | "starttls" | "auto" | "none";
          user?: string;
          password?: string;
          folder?: string;
          pollSeconds?: number;
        } | null;
        smtp?: {
          host: string;
          port?: number;
          security?: "tls" | "starttls" | "auto" | "none";
          user?: string;
          password?: string;
        } | null;
        dkim?: {
          domain: string;
          selector: string;
          privateKey?: string;
        } | null;
      };
    };
    response: {
      ok: boolean;
      problem?: string;
      message: string;
      detail?: string;
    };
  };
  /** Hand over a raw mail (message/rfc822), as mail services do by webhook */
  "POST /inboxes/{id}/mails": {
    params: { id: string };
    body: BodyInit;
    response: {
      id: string;
      duplicate: boolean;
    };
  };
  /** The message as its writer designed it; pictures from elsewhere only with images=1 */
  "GET /conversations/{id}/messages/{messageId}/original": {
    params: { id: string; messageId: string };
    query?: { images?: "0" | "1" };
    response: Response;
  };
  /** All headers of the mail */
  "GET /conversations/{id}/messages/{messageId}/original/headers": {
    params: { id: string; messageId: string };
    response: {
      name: string;
      value: string;
    }[];
  };
  /** The mail as it came, to save */
  "GET /conversations/{id}/messages/{messageId}/original/raw": {
    params: { id: string; messageId: string };
    response: Response;
  };
  /** Conversations, longest waiting first, then the latest; or by priority */
  "GET /conversations": {
    query?: { cursor?: string; limit?: number; status?: string; kind?: string; assignee?: string; label?: string; priority?: string; sort?: "waiting" | "priority"; inbox?: string; q?: string };
    response: {
      items: Conversation[];
      nextCursor: string | null;
    };
  };
  /** Write to a buyer first, by a channel that can begin */
  "POST /conversations": {
    body: {
      inboxId: string;
      to: {
        email: string;
        name?: string;
      };
      subject: string;
      message: {
        text?: string;
        private?: boolean;
        channel?: "chat" | "email" | "insite";
        attachments?: string[];
        html?: string;
        cc?: string[];
        bcc?: string[];
        forwardTo?: string;
        forwards?: string;
        subject?: string;
        translateTo?: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
        undo?: boolean;
        echoId?: string;
      };
    };
    response: Conversation;
  };
  /** One conversation */
  "GET /conversations/{id}": {
    params: { id: string };
    response: Conversation;
  };
  /** Messages of a conversation, oldest first; the latest without bounds */
  "GET /conversations/{id}/messages": {
    params: { id: string };
    query?: { afterSeq?: number | null; beforeSeq?: number; limit?: number };
    response: {
      items: Message[];
      more: boolean;
    };
  };
  /** Reply to the buyer, or write a private note */
  "POST /conversations/{id}/messages": {
    params: { id: string };
    body: {
      text?: string;
      private?: boolean;
      channel?: "chat" | "email" | "insite";
      attachments?: string[];
      html?: string;
      cc?: string[];
      bcc?: string[];
      forwardTo?: string;
      forwards?: string;
      subject?: string;
      translateTo?: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
      undo?: boolean;
      echoId?: string;
    };
    response: Message;
  };
  /** Send a failed message again, to a corrected address where one is given */
  "POST /conversations/{id}/messages/{messageId}/retry": {
    params: { id: string; messageId: string };
    body: {
      to?: string;
    };
    response: Message;
  };
  /** Whoever wrote this from another address is the buyer: it is one of theirs from now on, and answers go there */
  "POST /conversations/{id}/messages/{messageId}/confirm-sender": {
    params: { id: string; messageId: string };
    response: Message;
  };
  /** Whoever wrote this from another address is somebody else: what they write next is a conversation of its own */
  "POST /conversations/{id}/messages/{messageId}/refuse-sender": {
    params: { id: string; messageId: string };
    response: Message;
  };
  /** Take a reply back that has not left */
  "POST /conversations/{id}/messages/{seq}/undo": {
    params: { id: string; seq: number };
    response: {
      message: Message;
      reply: {
        text: string;
        channel: "chat" | "email" | "insite";
        attachments: Attachment[];
        cc: string[];
        bcc: string[];
        html?: string;
        subject?: string;
        forwardTo?: string;
        translateTo?: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
      };
    };
  };
  /** Take a conversation over; one of two who try gets it */
  "POST /conversations/{id}/claim": {
    params: { id: string };
    response: Conversation;
  };
  /** Give a conversation back to the queue */
  "POST /conversations/{id}/release": {
    params: { id: string };
    response: Conversation;
  };
  /** Give a conversation to a user, or to nobody */
  "POST /conversations/{id}/assign": {
    params: { id: string };
    body: {
      userId: string | null;
    };
    response: Conversation;
  };
  /** Hand a conversation to the bot, or from the bot to a person */
  "POST /conversations/{id}/handoff": {
    params: { id: string };
    body: {
      to?: "human" | "bot";
      reason?: "customer_request" | "missing_knowledge" | "unsupported_request" | "policy_restriction" | "tool_failure" | "low_confidence" | "sentiment" | "repeated" | "usage_limit";
    };
    response: Conversation;
  };
  /** Resolve or reopen a conversation */
  "POST /conversations/{id}/status": {
    params: { id: string };
    body: {
      status: "open" | "resolved";
    };
    response: Conversation;
  };
  /** Say whether a person wrote it, a program did, or it is spam */
  "POST /conversations/{id}/kind": {
    params: { id: string };
    body: {
      kind: "person" | "automatic" | "spam";
    };
    response: Conversation;
  };
  /** Put a conversation to sleep until an instant */
  "POST /conversations/{id}/snooze": {
    params: { id: string };
    body: {
      until: string;
    };
    response: Conversation;
  };
  /** Say how urgent a conversation is */
  "POST /conversations/{id}/priority": {
    params: { id: string };
    body: {
      priority: "low" | "normal" | "high" | "urgent";
    };
    response: Conversation;
  };
  /** Set the labels */
  "PUT /conversations/{id}/labels": {
    params: { id: string };
    body: {
      labels: string[];
    };
    response: Conversation;
  };
  /** Send the bot's draft, as it is or edited */
  "POST /conversations/{id}/draft/approve": {
    params: { id: string };
    body: {
      text?: string;
      undo?: boolean;
    };
    response: Message;
  };
  /** Discard the bot's draft */
  "DELETE /conversations/{id}/draft": {
    params: { id: string };
    response: Conversation;
  };
  /** Texts that agents write often, by their shortcuts */
  "GET /canned-responses": {
    query?: { cursor?: string; limit?: number };
    response: {
      items: {
        id: string;
        version: number;
        shortcut: string;
        texts: Partial<Record<"en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id", string>>;
        createdAt: string;
        updatedAt: string;
      }[];
      nextCursor: string | null;
    };
  };
  /** Add a canned response */
  "POST /canned-responses": {
    body: {
      shortcut: string;
      texts: Partial<Record<"en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id", string>>;
    };
    response: {
      id: string;
      version: number;
      shortcut: string;
      texts: Partial<Record<"en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id", string>>;
      createdAt: string;
      updatedAt: string;
    };
  };
  /** One canned response */
  "GET /canned-responses/{id}": {
    params: { id: string };
    response: {
      id: string;
      version: number;
      shortcut: string;
      texts: Partial<Record<"en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id", string>>;
      createdAt: string;
      updatedAt: string;
    };
  };
  /** Change a canned response; texts, when given, replace all languages */
  "PATCH /canned-responses/{id}": {
    params: { id: string };
    body: {
      shortcut?: string;
      texts?: Partial<Record<"en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id", string>>;
    };
    response: {
      id: string;
      version: number;
      shortcut: string;
      texts: Partial<Record<"en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id", string>>;
      createdAt: string;
      updatedAt: string;
    };
  };
  /** Delete a canned response */
  "DELETE /canned-responses/{id}": {
    params: { id: string };
    response: undefined;
  };
  /** Contacts, newest first; or those whose name or address begins with some words */
  "GET /contacts": {
    query?: { cursor?: string; limit?: number; q?: string };
    response: {
      items: ContactSummary[];
      nextCursor: string | null;
    };
  };
  /** Make a contact by hand; who writes from the address later is this one */
  "POST /contacts": {
    body: {
      name?: string;
      email?: string;
      locale?: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
      country?: string;
    };
    response: ContactSummary;
  };
  /** Delete a contact that has neither conversations nor orders; others can be merged */
  "DELETE /contacts/{id}": {
    params: { id: string };
    response: undefined;
  };
  /** A contact with its addresses and conversations; one that was merged is the other it became */
  "GET /contacts/{id}": {
    params: { id: string };
    response: {
      contact: ContactSummary;
      identities: {
        id: string;
        channel: "chat" | "email" | "insite";
        key: string;
        verified: boolean;
        createdAt: string;
      }[];
      conversations: Conversation[];
    };
  };
  /** Correct what is known of a contact */
  "PATCH /contacts/{id}": {
    params: { id: string };
    body: {
      name?: string;
      email?: string;
      locale?: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
      country?: string;
    };
    response: ContactSummary;
  };
  /** A contact's conversations across channels, newest first */
  "GET /contacts/{id}/conversations": {
    params: { id: string };
    query?: { cursor?: string; limit?: number };
    response: {
      items: Conversation[];
      nextCursor: string | null;
    };
  };
  /** Two contacts are one person: everything of the other one goes over to this one */
  "POST /contacts/{id}/merge": {
    params: { id: string };
    body: {
      contactId: string;
    };
    response: ContactSummary;
  };
  /** Some of a contact's addresses are somebody else's: takes a merge back, or makes a contact of its own */
  "POST /contacts/{id}/split": {
    params: { id: string };
    body: {
      identityIds: string[];
    };
    response: {
      contact: ContactSummary;
      other: ContactSummary;
    };
  };
  /** End a buyer's sessions at the message centre, in all browsers, and take back the links given out so far */
  "POST /contacts/{id}/sign-out": {
    params: { id: string };
    response: undefined;
  };
  /** Contacts, threads and orders that may have been mixed up and that a person should check; newest first */
  "GET /review-items": {
    query?: { cursor?: string; limit?: number; state?: "open" | "done" };
    response: {
      items: {
        id: string;
        kind: "unsigned_address" | "mixed_thread" | "mixed_order" | "mixed_guests" | "platform_conflict";
        contactIds: string[];
        conversationIds: string[];
        orderId?: string;
        facts: Record<string, string>;
        createdAt: string;
        done?: {
          at: string;
          name: string;
        };
      }[];
      nextCursor: string | null;
    };
  };
  /** Mark something as checked */
  "POST /review-items/{id}/done": {
    params: { id: string };
    response: {
      id: string;
      kind: "unsigned_address" | "mixed_thread" | "mixed_order" | "mixed_guests" | "platform_conflict";
      contactIds: string[];
      conversationIds: string[];
      orderId?: string;
      facts: Record<string, string>;
      createdAt: string;
      done?: {
        at: string;
        name: string;
      };
    };
  };
  /** The FAQ's entries */
  "GET /faqs": {
    query?: { cursor?: string; limit?: number; q?: string };
    response: {
      items: Faq[];
      nextCursor: string | null;
    };
  };
  /** Add an entry; the bot knows it at once */
  "POST /faqs": {
    body: FaqInput;
    response: Faq;
  };
  /** Take in many entries; known externalIds are replaced, the same file twice changes nothing */
  "POST /faqs/import": {
    body: FaqInput[];
    response: {
      created: number;
      updated: number;
      unchanged: number;
    };
  };
  /** What importing a CSV or Markdown file or a help-centre page would do; writes nothing */
  "POST /faqs/import/preview": {
    body: {
      format: "csv" | "markdown";
      content: string;
      locale?: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
    } | {
      format: "url";
      url: string;
      locale?: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
    };
    response: {
      entries: FaqInput[];
      effects: ("create" | "update" | "unchanged")[];
      problems: {
        line?: number;
        code: "no_question" | "no_answer" | "unknown_locale" | "too_long" | "too_many";
        text?: string;
      }[];
    };
  };
  /** One entry */
  "GET /faqs/{id}": {
    params: { id: string };
    response: Faq;
  };
  /** Change an entry; what is not given stays */
  "PATCH /faqs/{id}": {
    params: { id: string };
    body: {
      externalId?: string;
      questions?: Partial<Record<"en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id", string[]>>;
      answers?: LocalizedText;
      enabled?: boolean;
      orderStatus?: boolean;
      documents?: string[];
    };
    response: Faq;
  };
  /** Delete an entry */
  "DELETE /faqs/{id}": {
    params: { id: string };
    response: undefined;
  };
  /** Translate an entry by machine, as drafts that a person approves */
  "POST /faqs/{id}/translate": {
    params: { id: string };
    body: {
      to: ("en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id")[];
      from?: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
    };
    response: Faq;
  };
  /** Make a translated draft part of the entry, as it is or edited */
  "POST /faqs/{id}/drafts/{locale}/approve": {
    params: { id: string; locale: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id" };
    body: {
      questions?: string[];
      answer?: string;
    };
    response: Faq;
  };
  /** Discard a translated draft */
  "DELETE /faqs/{id}/drafts/{locale}": {
    params: { id: string; locale: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id" };
    response: Faq;
  };
  /** Pass on a buyer's in-site message, or up to 100; once per messageId */
  "POST /insite/{inboxKey}/messages": {
    params: { inboxKey: string };
    body: InsiteMessage | InsiteMessage[];
    response: {
      conversationId: string;
      messageId: string;
      duplicate: boolean;
    } | {
      conversationId: string;
      messageId: string;
      duplicate: boolean;
    }[];
  };
  /** Replies for the platform to deliver, oldest first; go on with `next` */
  "GET /insite/{inboxKey}/outbox": {
    params: { inboxKey: string };
    query?: { after?: string; limit?: number };
    response: {
      items: {
        id: string;
        conversationId: string;
        threadId: string;
        orderId?: string;
        text: string;
        automatic: boolean;
        attachments: Attachment[];
        createdAt: string;
      }[];
      next: string | null;
    };
  };
  /** Report what happened to an order: one event, or up to 100; once per eventId, in any order */
  "POST /orders/events": {
    body: OrderEvent | OrderEvent[];
    response: {
      eventId: string;
      orderId: string;
      duplicate: boolean;
    } | {
      eventId: string;
      orderId: string;
      duplicate: boolean;
    }[];
  };
  /** Orders, newest first; of a contact, in a state, or by number */
  "GET /orders": {
    query?: { cursor?: string; limit?: number; contact?: string; state?: "created" | "paid" | "shipped" | "out_for_delivery" | "delivered" | "completed" | "lost" | "cancelled"; q?: string; fields?: string };
    response: {
      items: {
        id: string;
        orderId?: string;
        number?: string;
        state?: "created" | "paid" | "shipped" | "out_for_delivery" | "delivered" | "completed" | "lost" | "cancelled";
        delayed?: boolean;
        buyer?: {
          externalId: string;
          name?: string;
          country?: string;
        };
        contactId?: string;
        items?: {
          sku?: string;
          name: string;
          quantity?: number;
          price?: number;
          category?: string;
          image?: string;
          [field: string]: unknown;
        }[];
        total?: number;
        shipping?: number;
        tax?: number;
        discount?: number;
        refunded?: number;
        currency?: string;
        createdAt?: string;
        shippedAt?: string;
        promisedAt?: string;
        deliveredAt?: string;
        tracking?: {
          carrier?: string;
          number?: string;
          url?: string;
          [field: string]: unknown;
        };
        extra?: Record<string, unknown>;
        timeline?: {
          type: string;
          occurredAt: string;
          description?: string;
          location?: string;
        }[];
        updatedAt?: string;
      }[];
      nextCursor: string | null;
    };
  };
  /** Enter an order by hand; what is reported of it later adds to it */
  "POST /orders": {
    body: {
      orderId: string;
      buyer: {
        externalId: string;
        name?: string;
        locale?: string;
        country?: string;
        email?: string;
        phone?: string;
      };
      order?: {
        number?: string;
        items?: {
          sku?: string;
          name: string;
          quantity?: number;
          price?: number;
          category?: string;
          image?: string;
          [field: string]: unknown;
        }[];
        total?: number;
        shipping?: number;
        tax?: number;
        discount?: number;
        refunded?: number;
        currency?: string;
        promisedAt?: string;
        [field: string]: unknown;
      };
      tracking?: {
        carrier?: string;
        number?: string;
        url?: string;
        [field: string]: unknown;
      };
    };
    response: Order;
  };
  /** Correct what is known of an order; kept as an event of its own */
  "PATCH /orders/{id}": {
    params: { id: string };
    body: {
      buyer?: Partial<Record<"name" | "locale" | "country" | "email" | "phone", string>>;
      order?: {
        number?: string;
        items?: {
          sku?: string;
          name: string;
          quantity?: number;
          price?: number;
          category?: string;
          image?: string;
          [field: string]: unknown;
        }[];
        total?: number;
        shipping?: number;
        tax?: number;
        discount?: number;
        refunded?: number;
        currency?: string;
        promisedAt?: string;
        [field: string]: unknown;
      };
      tracking?: {
        carrier?: string;
        number?: string;
        url?: string;
        [field: string]: unknown;
      };
      description?: string;
    };
    response: Order;
  };
  /** Delete an order and all that was reported of it */
  "DELETE /orders/{id}": {
    params: { id: string };
    response: undefined;
  };
  /** One order with its timeline */
  "GET /orders/{id}": {
    params: { id: string };
    response: Order;
  };
  /** What was reported of an order, word for word, in the order in which it happened */
  "GET /orders/{id}/events": {
    params: { id: string };
    query?: { cursor?: string; limit?: number };
    response: {
      items: {
        id: string;
        eventId: string;
        type: string;
        occurredAt: string;
        receivedAt: string;
        payload: Record<string, unknown>;
      }[];
      nextCursor: string | null;
    };
  };
  /** Read in a file of orders: CSV with a line of headings, or a JSON list; at most 100,000 rows */
  "POST /imports": {
    body: {
      format: "csv" | "json";
      content: string;
      name?: string;
      mapping?: Partial<Record<"orderId" | "number" | "status" | "createdAt" | "paidAt" | "shippedAt" | "deliveredAt" | "cancelledAt" | "promisedAt" | "buyerId" | "buyerName" | "buyerEmail" | "buyerPhone" | "buyerCountry" | "buyerLocale" | "total" | "currency" | "shipping" | "tax" | "discount" | "itemSku" | "itemName" | "itemQuantity" | "itemPrice" | "items" | "carrier" | "trackingNumber" | "trackingUrl", string>>;
      start?: boolean;
    };
    response: Import;
  };
  /** Imports with their progress, newest first */
  "GET /imports": {
    query?: { cursor?: string; limit?: number };
    response: {
      items: Import[];
      nextCursor: string | null;
    };
  };
  /** The same with the file itself as the body, or in a multipart form; in whatever encoding it was saved */
  "POST /imports/upload": {
    query?: { name?: string; format?: "csv" | "json"; start?: "true" | "false" };
    body: BodyInit;
    response: Import;
  };
  /** An import with its columns, mapping and progress */
  "GET /imports/{id}": {
    params: { id: string };
    response: Import;
  };
  /** Start an import, with another mapping where the guess was wrong; or go on with a stopped one */
  "POST /imports/{id}/start": {
    params: { id: string };
    body: {
      mapping?: Partial<Record<"orderId" | "number" | "status" | "createdAt" | "paidAt" | "shippedAt" | "deliveredAt" | "cancelledAt" | "promisedAt" | "buyerId" | "buyerName" | "buyerEmail" | "buyerPhone" | "buyerCountry" | "buyerLocale" | "total" | "currency" | "shipping" | "tax" | "discount" | "itemSku" | "itemName" | "itemQuantity" | "itemPrice" | "items" | "carrier" | "trackingNumber" | "trackingUrl", string>>;
    };
    response: Import;
  };
  /** Stop an import; what was taken in stays */
  "POST /imports/{id}/stop": {
    params: { id: string };
    response: Import;
  };
  /** What became of each row, in the order of the file */
  "GET /imports/{id}/rows": {
    params: { id: string };
    query?: { cursor?: string; limit?: number; result?: "ok" | "duplicate" | "error" };
    response: {
      items: ImportRow[];
      nextCursor: string | null;
    };
  };
  /** Platforms that the hub can be connected to, and what each needs */
  "GET /integrations/platforms": {
    response: Platform[];
  };
  /** Connected shops and accounts, and how they fare */
  "GET /integrations": {
    response: Integration[];
  };
  /** Connect a shop or account; a secret that the hub makes is returned once */
  "POST /integrations": {
    body: {
      platform: "shopify" | "woocommerce" | "aftership" | "ebay" | "generic";
      name?: string;
      secret?: string;
      inboxId?: string;
      settings?: Record<string, unknown>;
    };
    response: {
      id: string;
      platform: "shopify" | "woocommerce" | "aftership" | "ebay" | "generic";
      name: string;
      enabled: boolean;
      status: "waiting" | "working" | "failing" | "off";
      url: string;
      inboxId: string | null;
      source: string | null;
      settings: Record<string, unknown>;
      secrets: string[];
      version: number;
      createdAt: string;
      lastEventAt: string | null;
      lastRefusal: {
        code: "invalid_signature" | "stale_signature" | "invalid_json" | "invalid_request";
        at: string;
      } | null;
      events: {
        pending: number;
        failed: number;
      };
      secret?: string;
    };
  };
  /** One integration */
  "GET /integrations/{id}": {
    params: { id: string };
    response: Integration;
  };
  /** Change an integration's settings, or turn it off; settings that are not given stay */
  "PATCH /integrations/{id}": {
    params: { id: string };
    body: {
      name?: string;
      enabled?: boolean;
      inboxId?: string;
      settings?: Record<string, unknown>;
    };
    response: Integration;
  };
  /** Disconnect a shop or account; its orders and messages stay */
  "DELETE /integrations/{id}": {
    params: { id: string };
    response: undefined;
  };
  /** Enter the platform's new signing secret, or have the hub make one; the old one stops working */
  "POST /integrations/{id}/secret": {
    params: { id: string };
    body: {
      secret?: string;
    };
    response: {
      id: string;
      platform: "shopify" | "woocommerce" | "aftership" | "ebay" | "generic";
      name: string;
      enabled: boolean;
      status: "waiting" | "working" | "failing" | "off";
      url: string;
      inboxId: string | null;
      source: string | null;
      settings: Record<string, unknown>;
      secrets: string[];
      version: number;
      createdAt: string;
      lastEventAt: string | null;
      lastRefusal: {
        code: "invalid_signature" | "stale_signature" | "invalid_json" | "invalid_request";
        at: string;
      } | null;
      events: {
        pending: number;
        failed: number;
      };
      secret?: string;
    };
  };
  /** What the platform sent, word for word, newest first, and what became of it */
  "GET /integrations/{id}/events": {
    params: { id: string };
    query?: { cursor?: string; limit?: number; state?: "pending" | "done" | "ignored" | "failed"; fields?: string };
    response: {
      items: {
        id: string;
        integrationId?: string;
        deliveryId?: string;
        topic?: string;
        state?: "pending" | "done" | "ignored" | "failed";
        body?: string;
        tries?: number;
        failure?: string;
        failureText?: string;
        orderIds?: string[];
        conversationIds?: string[];
        receivedAt?: string;
      }[];
      nextCursor: string | null;
    };
  };
  /** Take an event in again */
  "POST /integrations/events/{id}/replay": {
    params: { id: string };
    response: IntegrationEvent;
  };
  /** Where a platform posts to; proven by its signature, stored, then taken in */
  "POST /integrations/{id}/webhook": {
    params: { id: string };
    body: BodyInit;
    response: {
      deliveryId: string;
      duplicate: boolean;
    };
  };
  /** The answer to a platform that makes sure that the address is ours */
  "GET /integrations/{id}/webhook": {
    params: { id: string };
    query: { challenge_code: string };
    response: {
      challengeResponse: string;
    };
  };
  /** Addresses that hear of events */
  "GET /webhooks": {
    response: Webhook[];
  };
  /** Register an address; the secret that signs its deliveries is returned once */
  "POST /webhooks": {
    body: {
      url: string;
      events?: ("conversation.created" | "conversation.updated" | "conversation.resolved" | "message.created" | "message.updated" | "order.updated" | "contact.merged" | "contact.split")[];
      name?: string;
    };
    response: {
      id: string;
      name: string;
      url: string;
      events: ("conversation.created" | "conversation.updated" | "conversation.resolved" | "message.created" | "message.updated" | "order.updated" | "contact.merged" | "contact.split")[];
      enabled: boolean;
      createdAt: string;
      updatedAt: string;
      failingSince: string | null;
      parked: number;
      secret: string;
    };
  };
  /** One webhook */
  "GET /webhooks/{id}": {
    params: { id: string };
    response: Webhook;
  };
  /** Change a webhook's address or events, or turn it off; what it is still to get waits for it */
  "PATCH /webhooks/{id}": {
    params: { id: string };
    body: {
      url?: string;
      events?: ("conversation.created" | "conversation.updated" | "conversation.resolved" | "message.created" | "message.updated" | "order.updated" | "contact.merged" | "contact.split")[];
      name?: string;
      enabled?: boolean;
    };
    response: Webhook;
  };
  /** Remove a webhook with all it was still to get */
  "DELETE /webhooks/{id}": {
    params: { id: string };
    response: undefined;
  };
  /** Make a new signing secret; the old one stops working */
  "POST /webhooks/{id}/secret": {
    params: { id: string };
    response: {
      id: string;
      name: string;
      url: string;
      events: ("conversation.created" | "conversation.updated" | "conversation.resolved" | "message.created" | "message.updated" | "order.updated" | "contact.merged" | "contact.split")[];
      enabled: boolean;
      createdAt: string;
      updatedAt: string;
      failingSince: string | null;
      parked: number;
      secret: string;
    };
  };
  /** What a webhook got or is to get, newest first, with each try's answer */
  "GET /webhooks/{id}/deliveries": {
    params: { id: string };
    query?: { cursor?: string; limit?: number; state?: "pending" | "delivered" | "parked"; fields?: string };
    response: {
      items: {
        id: string;
        webhookId?: string;
        eventId?: string;
        type?: "conversation.created" | "conversation.updated" | "conversation.resolved" | "message.created" | "message.updated" | "order.updated" | "contact.merged" | "contact.split";
        state?: "pending" | "delivered" | "parked";
        body?: string;
        tries?: number;
        attempts?: {
          at: string;
          status?: number;
          error?: string;
          response?: string;
          milliseconds: number;
        }[];
        createdAt?: string;
        deliveredAt?: string | null;
      }[];
      nextCursor: string | null;
    };
  };
  /** Send a delivery again, under its own id */
  "POST /webhooks/deliveries/{id}/replay": {
    params: { id: string };
    response: WebhookDelivery;
  };
  /** Rules for automatic messages, with how often they were triggered, sent and held */
  "GET /automations": {
    response: Automation[];
  };
  /** Make a rule; it is off unless `enabled` says otherwise */
  "POST /automations": {
    body: {
      name: string;
      description?: string;
      trigger: {
        type: "order.created" | "order.paid" | "order.shipped" | "order.out_for_delivery" | "order.delivered" | "order.completed" | "order.delayed" | "order.overdue" | "order.lost" | "order.cancelled" | "order.price_changed" | "review.received" | "conversation.created" | "conversation.waiting" | "conversation.resolved" | "conversation.no_reply" | "message.received";
      } | {
        type: "schedule";
        over: "orders" | "conversations";
        at: string;
        timeZone?: string;
        weekdays?: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
        withinDays?: number;
      };
      delay?: {
        amount: number;
        unit: "minutes" | "hours" | "days";
      };
      conditions?: {
        match: "all" | "any";
        items: {
          field: "order.total" | "order.currency" | "order.state" | "order.delayed" | "order.days_late" | "order.items" | "order.categories" | "order.products" | "order.carrier" | "order.tracked" | "review.rating" | "review.text" | "buyer.country" | "buyer.language" | "buyer.has_email" | "buyer.had_contact" | "conversation.channel" | "conversation.status" | "conversation.priority" | "conversation.labels" | "conversation.assigned" | "conversation.has_order" | "message.text" | "message.has_files" | "message.question" | "time.business_hours";
          operator: string;
          value: string | number | boolean | string[];
        }[];
      };
      actions: {
        id?: string;
        type: "send_template";
        template: string;
        channel?: "auto" | "chat" | "email" | "insite";
      } | {
        id?: string;
        type: "label";
        labels: string[];
        remove?: boolean;
      } | {
        id?: string;
        type: "assign";
        userId: string;
      } | {
        id?: string;
        type: "set_priority";
        priority: "low" | "normal" | "high" | "urgent";
      } | {
        id?: string;
        type: "credit_compensation";
        reason: string;
      } | {
        id?: string;
        type: "webhook";
        url: string;
      } | {
        id?: string;
        type: "wait";
        duration: {
          amount: number;
          unit: "minutes" | "hours" | "days";
        };
      } | {
        id?: string;
        type: "stop";
      }[];
      cap?: {
        most: number;
        hours: number;
      } | null;
      quietHours?: boolean;
      holdWhenOpen?: boolean;
      stopOnReply?: boolean;
      windowHours?: number;
      triggersOthers?: boolean;
      enabled?: boolean;
    };
    response: Automation;
  };
  /** What came of each rule in the last 30 days: sent, answered, held back */
  "GET /automations/figures": {
    response: {
      id: string;
      sent: number;
      answered: number;
      held: number;
    }[];
  };
  /** What rules are made of: triggers, the fields of conditions with their operators, actions */
  "GET /automations/catalog": {
    response: {
      triggers: Record<string, Record<string, unknown>>;
      fields: Record<string, Record<string, unknown>>;
      operators: Record<string, Record<string, string>>;
      actions: string[];
    };
  };
  /** What holds for all rules: buyers' quiet hours, the cap of messages to one buyer, where credits are asked for */
  "GET /automations/settings": {
    response: {
      quietHours: {
        from: string;
        to: string;
      };
      buyerCap: {
        most: number;
        hours: number;
      };
      compensationUrl: "" | string;
      version: number;
    };
  };
  /** Change what holds for all rules */
  "PATCH /automations/settings": {
    body: {
      quietHours?: {
        from: string;
        to: string;
      };
      buyerCap?: {
        most: number;
        hours: number;
      };
      compensationUrl?: "" | string;
    };
    response: {
      quietHours: {
        from: string;
        to: string;
      };
      buyerCap: {
        most: number;
        hours: number;
      };
      compensationUrl: "" | string;
      version: number;
    };
  };
  /** All rules with the templates that they send, as a file that can be imported */
  "GET /automations/export": {
    response: AutomationFile;
  };
  /** Take in an exported file: what is known by its key or name is changed, the rest is added and stays off */
  "POST /automations/import": {
    body: AutomationFile;
    response: {
      automations: {
        created: number;
        updated: number;
      };
      templates: {
        created: number;
        updated: number;
      };
    };
  };
  /** What a rule would have sent in the past days, to whom, each text, and what it would have held; writes nothing */
  "POST /automations/dry-run": {
    body: {
      automationId?: string;
      definition?: {
        name: string;
        description?: string;
        trigger: {
          type: "order.created" | "order.paid" | "order.shipped" | "order.out_for_delivery" | "order.delivered" | "order.completed" | "order.delayed" | "order.overdue" | "order.lost" | "order.cancelled" | "order.price_changed" | "review.received" | "conversation.created" | "conversation.waiting" | "conversation.resolved" | "conversation.no_reply" | "message.received";
        } | {
          type: "schedule";
          over: "orders" | "conversations";
          at: string;
          timeZone?: string;
          weekdays?: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
          withinDays?: number;
        };
        delay?: {
          amount: number;
          unit: "minutes" | "hours" | "days";
        };
        conditions?: {
          match: "all" | "any";
          items: {
            field: "order.total" | "order.currency" | "order.state" | "order.delayed" | "order.days_late" | "order.items" | "order.categories" | "order.products" | "order.carrier" | "order.tracked" | "review.rating" | "review.text" | "buyer.country" | "buyer.language" | "buyer.has_email" | "buyer.had_contact" | "conversation.channel" | "conversation.status" | "conversation.priority" | "conversation.labels" | "conversation.assigned" | "conversation.has_order" | "message.text" | "message.has_files" | "message.question" | "time.business_hours";
            operator: string;
            value: string | number | boolean | string[];
          }[];
        };
        actions: {
          id?: string;
          type: "send_template";
          template: string;
          channel?: "auto" | "chat" | "email" | "insite";
        } | {
          id?: string;
          type: "label";
          labels: string[];
          remove?: boolean;
        } | {
          id?: string;
          type: "assign";
          userId: string;
        } | {
          id?: string;
          type: "set_priority";
          priority: "low" | "normal" | "high" | "urgent";
        } | {
          id?: string;
          type: "credit_compensation";
          reason: string;
        } | {
          id?: string;
          type: "webhook";
          url: string;
        } | {
          id?: string;
          type: "wait";
          duration: {
            amount: number;
            unit: "minutes" | "hours" | "days";
          };
        } | {
          id?: string;
          type: "stop";
        }[];
        cap?: {
          most: number;
          hours: number;
        } | null;
        quietHours?: boolean;
        holdWhenOpen?: boolean;
        stopOnReply?: boolean;
        windowHours?: number;
        triggersOthers?: boolean;
      };
      days?: number;
    };
    response: {
      days: number;
      looked: number;
      truncated: boolean;
      triggered: number;
      wouldSend: number;
      wouldHold: number;
      items: {
        at: string;
        outcome: "sent" | "done" | "held" | "deferred" | "cancelled";
        reason?: "rule_off" | "rule_changed" | "conditions" | "order_gone" | "order_ended" | "order_returned" | "order_moved_on" | "not_late" | "buyer_wrote" | "conversation_open" | "conversation_moved_on" | "opted_out" | "address_bounced" | "no_channel" | "quiet_hours" | "buyer_cap" | "rule_cap" | "too_late" | "missing_variable" | "template_missing" | "too_long" | "loop" | "awaiting" | "failed" | "by_hand";
        detail?: string;
        part: number;
        buyer: {
          id?: string;
          name: string;
        };
        order?: {
          id: string;
          number: string;
        };
        conversationId?: string;
        channel?: "chat" | "email" | "insite";
        locale?: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
        subject?: string;
        text?: string;
      }[];
    };
  };
  /** One rule */
  "GET /automations/{id}": {
    params: { id: string };
    response: Automation;
  };
  /** Change a rule, or turn it on or off; what is not given stays */
  "PATCH /automations/{id}": {
    params: { id: string };
    body: {
      name?: string;
      description?: string;
      trigger?: {
        type: "order.created" | "order.paid" | "order.shipped" | "order.out_for_delivery" | "order.delivered" | "order.completed" | "order.delayed" | "order.overdue" | "order.lost" | "order.cancelled" | "order.price_changed" | "review.received" | "conversation.created" | "conversation.waiting" | "conversation.resolved" | "conversation.no_reply" | "message.received";
      } | {
        type: "schedule";
        over: "orders" | "conversations";
        at: string;
        timeZone?: string;
        weekdays?: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
        withinDays?: number;
      };
      delay?: {
        amount: number;
        unit: "minutes" | "hours" | "days";
      };
      conditions?: {
        match: "all" | "any";
        items: {
          field: "order.total" | "order.currency" | "order.state" | "order.delayed" | "order.days_late" | "order.items" | "order.categories" | "order.products" | "order.carrier" | "order.tracked" | "review.rating" | "review.text" | "buyer.country" | "buyer.language" | "buyer.has_email" | "buyer.had_contact" | "conversation.channel" | "conversation.status" | "conversation.priority" | "conversation.labels" | "conversation.assigned" | "conversation.has_order" | "message.text" | "message.has_files" | "message.question" | "time.business_hours";
          operator: string;
          value: string | number | boolean | string[];
        }[];
      };
      actions?: {
        id?: string;
        type: "send_template";
        template: string;
        channel?: "auto" | "chat" | "email" | "insite";
      } | {
        id?: string;
        type: "label";
        labels: string[];
        remove?: boolean;
      } | {
        id?: string;
        type: "assign";
        userId: string;
      } | {
        id?: string;
        type: "set_priority";
        priority: "low" | "normal" | "high" | "urgent";
      } | {
        id?: string;
        type: "credit_compensation";
        reason: string;
      } | {
        id?: string;
        type: "webhook";
        url: string;
      } | {
        id?: string;
        type: "wait";
        duration: {
          amount: number;
          unit: "minutes" | "hours" | "days";
        };
      } | {
        id?: string;
        type: "stop";
      }[];
      cap?: {
        most: number;
        hours: number;
      } | null;
      quietHours?: boolean;
      holdWhenOpen?: boolean;
      stopOnReply?: boolean;
      windowHours?: number;
      triggersOthers?: boolean;
      enabled?: boolean;
    };
    response: Automation;
  };
  /** Delete a rule; what it was still to send is cancelled */
  "DELETE /automations/{id}": {
    params: { id: string };
    response: undefined;
  };
  /** The latest versions of a rule, newest first: who changed what */
  "GET /automations/{id}/history": {
    params: { id: string };
    response: {
      version: number;
      at: string;
      by: {
        id?: string;
        name: string;
      };
      fields: string[];
      enabled: boolean;
      definition: {
        name: string;
        description: string;
        trigger: {
          type: "order.created" | "order.paid" | "order.shipped" | "order.out_for_delivery" | "order.delivered" | "order.completed" | "order.delayed" | "order.overdue" | "order.lost" | "order.cancelled" | "order.price_changed" | "review.received" | "conversation.created" | "conversation.waiting" | "conversation.resolved" | "conversation.no_reply" | "message.received";
        } | {
          type: "schedule";
          over: "orders" | "conversations";
          at: string;
          timeZone?: string;
          weekdays?: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
          withinDays?: number;
        };
        delay: {
          amount: number;
          unit: "minutes" | "hours" | "days";
        };
        conditions: {
          match: "all" | "any";
          items: {
            field: "order.total" | "order.currency" | "order.state" | "order.delayed" | "order.days_late" | "order.items" | "order.categories" | "order.products" | "order.carrier" | "order.tracked" | "review.rating" | "review.text" | "buyer.country" | "buyer.language" | "buyer.has_email" | "buyer.had_contact" | "conversation.channel" | "conversation.status" | "conversation.priority" | "conversation.labels" | "conversation.assigned" | "conversation.has_order" | "message.text" | "message.has_files" | "message.question" | "time.business_hours";
            operator: string;
            value: string | number | boolean | string[];
          }[];
        };
        actions: {
          id?: string;
          type: "send_template";
          template: string;
          channel?: "auto" | "chat" | "email" | "insite";
        } | {
          id?: string;
          type: "label";
          labels: string[];
          remove?: boolean;
        } | {
          id?: string;
          type: "assign";
          userId: string;
        } | {
          id?: string;
          type: "set_priority";
          priority: "low" | "normal" | "high" | "urgent";
        } | {
          id?: string;
          type: "credit_compensation";
          reason: string;
        } | {
          id?: string;
          type: "webhook";
          url: string;
        } | {
          id?: string;
          type: "wait";
          duration: {
            amount: number;
            unit: "minutes" | "hours" | "days";
          };
        } | {
          id?: string;
          type: "stop";
        }[];
        cap: {
          most: number;
          hours: number;
        } | null;
        quietHours: boolean;
        holdWhenOpen: boolean;
        stopOnReply: boolean;
        windowHours: number;
        triggersOthers: boolean;
      };
    }[];
  };
  /** Bring an earlier version of a rule back, as a new one */
  "POST /automations/{id}/restore": {
    params: { id: string };
    body: {
      version: number;
    };
    response: Automation;
  };
  /** Message templates */
  "GET /templates": {
    response: Template[];
  };
  /** Make a template; one that can not be filled in is refused with the places of its mistakes */
  "POST /templates": {
    body: {
      key: string;
      name: string;
      fallback?: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
      texts: Partial<Record<"en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id", TemplateText>>;
    };
    response: Template;
  };
  /** The variables and filters of templates, with examples in a language */
  "GET /templates/variables": {
    query?: { locale?: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id" };
    response: {
      variables: {
        name: string;
        group: string;
        example: string;
        optional: boolean;
      }[];
      filters: {
        name: string;
        example: string;
      }[];
    };
  };
  /** A template as a buyer would read it, stored or not, with a real order or a made-up one; writes nothing */
  "POST /templates/preview": {
    body: {
      templateId?: string;
      texts?: Partial<Record<"en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id", TemplateText>>;
      fallback?: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
      locale: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
      channel?: "chat" | "email" | "insite";
      orderId?: string;
    };
    response: {
      locale: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
      channel: "chat" | "email" | "insite";
      subject?: string;
      text: string;
      from?: string;
      html?: string;
      length: number;
      maxLength: number;
      problems: {
        locale?: string;
        channel?: string;
        part: "subject" | "text" | "html";
        line?: number;
        column?: number;
        kind: "syntax" | "unknown_variable" | "missing_variable" | "unknown_filter" | "too_slow" | "too_long";
        detail: string;
      }[];
    };
  };
  /** A template's words in another language, as a draft of the model; writes nothing */
  "POST /templates/translate": {
    body: {
      written: {
        subject?: string;
        text: string;
        html?: string;
      };
      to: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
    };
    response: {
      subject?: string;
      text: string;
      html?: string;
    };
  };
  /** One template */
  "GET /templates/{id}": {
    params: { id: string };
    response: Template;
  };
  /** Change a template; `texts` replaces all of them */
  "PATCH /templates/{id}": {
    params: { id: string };
    body: {
      name?: string;
      fallback?: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
      texts?: Partial<Record<"en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id", TemplateText>>;
    };
    response: Template;
  };
  /** Delete a template that no rule sends */
  "DELETE /templates/{id}": {
    params: { id: string };
    response: undefined;
  };
  /** Bring back the texts that Parley comes with */
  "POST /templates/{id}/reset": {
    params: { id: string };
    response: Template;
  };
  /** What rules sent, will send or held back and why, newest first; of a rule, conversation, contact or order */
  "GET /check-ins": {
    query?: { cursor?: string; limit?: number; automation?: string; conversation?: string; contact?: string; order?: string; outcome?: "sent" | "done" | "held" | "deferred" | "cancelled" | "waiting" };
    response: {
      items: CheckIn[];
      nextCursor: string | null;
    };
  };
  /** One check-in */
  "GET /check-ins/{id}": {
    params: { id: string };
    response: CheckIn;
  };
  /** Keep a message that waits from being sent */
  "POST /check-ins/{id}/cancel": {
    params: { id: string };
    response: CheckIn;
  };
  /** What buyers were credited, wait for approval or are to be paid by hand, newest first */
  "GET /compensations": {
    query?: { cursor?: string; limit?: number; state?: "awaiting" | "due" | "credited" | "recorded" | "paid" | "rejected" | "failed" };
    response: {
      items: Compensation[];
      nextCursor: string | null;
    };
  };
  /** What signs the calls of rules, as a webhook's secret signs its deliveries */
  "GET /compensations/secret": {
    response: {
      secret: string;
    };
  };
  /** One credit */
  "GET /compensations/{id}": {
    params: { id: string };
    response: Compensation;
  };
  /** Approve or reject a credit, mark it as paid by hand, or ask the shop's system again */
  "POST /compensations/{id}/decide": {
    params: { id: string };
    body: {
      decision: "approve" | "reject" | "paid" | "retry";
    };
    response: Compensation;
  };
  /** How much buyers get for what; the first rule that fits is the one */
  "GET /compensation-rules": {
    response: CompensationRule[];
  };
  /** Make a compensation rule */
  "POST /compensation-rules": {
    body: {
      name: string;
      enabled?: boolean;
      reason: string;
      minDaysLate?: number;
      minTotal?: number;
      maxTotal?: number;
      currency?: string;
      countries?: string[];
      categories?: string[];
      kind: "amount" | "percent";
      value: number;
      most?: number | null;
      approvalAbove?: number | null;
    };
    response: CompensationRule;
  };
  /** One compensation rule */
  "GET /compensation-rules/{id}": {
    params: { id: string };
    response: CompensationRule;
  };
  /** Change a compensation rule; credits that were made stay as they are */
  "PATCH /compensation-rules/{id}": {
    params: { id: string };
    body: {
      name?: string;
      enabled?: boolean;
      reason?: string;
      minDaysLate?: number;
      minTotal?: number;
      maxTotal?: number;
      currency?: string;
      countries?: string[];
      categories?: string[];
      kind?: "amount" | "percent";
      value?: number;
      most?: number | null;
      approvalAbove?: number | null;
    };
    response: CompensationRule;
  };
  /** Delete a compensation rule */
  "DELETE /compensation-rules/{id}": {
    params: { id: string };
    response: undefined;
  };
  /** The page behind the link in mails that the shop begins: asks whether to stop them */
  "GET /unsubscribe/{token}": {
    params: { token: string };
    response: Response;
  };
  /** Stop them, with one click (RFC 8058) or by the page's button; again=1 takes it back */
  "POST /unsubscribe/{token}": {
    params: { token: string };
    body: BodyInit;
    response: Response;
  };
  /** The page behind the link in mails to an address that somebody gave in a chat: asks whether it was somebody else */
  "GET /not-me/{token}": {
    params: { token: string };
    response: Response;
  };
  /** It was somebody else: no chat is mailed to the address again */
  "POST /not-me/{token}": {
    params: { token: string };
    body: BodyInit;
    response: Response;
  };
  /** What the bot would do with a message; writes nothing */
  "POST /bot/preview": {
    body: {
      text: string;
      locale?: string;
      inboxKey?: string;
    };
    response: BotDecision;
  };
  /** What is laid down for the bot in all inboxes */
  "GET /bot/settings": {
    response: {
      tone: string;
      forbidden: string[];
      handOff: {
        keywords: string[];
        topics: {
          name: string;
          examples: Partial<Record<"en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id", string[]>>;
        }[];
      };
      budget: {
        tokens: number | null;
        money: number | null;
        pricePerMillion: number | null;
        currency: string;
      };
      model: boolean;
      embeddings: boolean;
      version: number;
    };
  };
  /** Change tone, forbidden words, hand-off rules or budget; what is not given stays */
  "PATCH /bot/settings": {
    body: {
      tone?: string;
      forbidden?: string[];
      handOff?: {
        keywords?: string[];
        topics?: {
          name: string;
          examples: Partial<Record<"en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id", string[]>>;
        }[];
      };
      budget?: {
        tokens?: number | null;
        money?: number | null;
        pricePerMillion?: number | null;
        currency?: string;
      };
    };
    response: {
      tone: string;
      forbidden: string[];
      handOff: {
        keywords: string[];
        topics: {
          name: string;
          examples: Partial<Record<"en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id", string[]>>;
        }[];
      };
      budget: {
        tokens: number | null;
        money: number | null;
        pricePerMillion: number | null;
        currency: string;
      };
      model: boolean;
      embeddings: boolean;
      version: number;
    };
  };
  /** What the model cost, today and on the last days */
  "GET /bot/usage": {
    response: {
      today: {
        day: string;
        tokens: number;
        calls: number;
        money: number | null;
      };
      left: number | null;
      currency: string;
      days: {
        day: string;
        tokens: number;
        calls: number;
        money: number | null;
      }[];
    };
  };
  /** What would change for past questions with other entries or rules, as server-sent events; writes nothing */
  "POST /bot/replay": {
    body: {
      inboxId?: string;
      faqs?: {
        id?: string;
        questions?: Partial<Record<"en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id", string[]>>;
        answers?: Partial<Record<"en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id", string>>;
        enabled?: boolean;
        remove?: boolean;
      }[];
      threshold?: number;
      rules?: {
        forbidden?: string[];
        handOff?: {
          keywords?: string[];
          topics?: {
            name: string;
            examples: Partial<Record<"en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id", string[]>>;
          }[];
        };
      };
      limit?: number;
    };
    response: Response;
  };
  /** A draft, a rewrite or a translation for the agent, as server-sent events (delta, done, error); sends nothing */
  "POST /conversations/{id}/copilot": {
    params: { id: string };
    body: {
      kind: "draft";
      text?: string;
      locale?: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
    } | {
      kind: "shorter" | "friendlier" | "translate";
      text: string;
      locale?: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
    };
    response: Response;
  };
  /** Translate messages for a reader; kept beside the original */
  "POST /conversations/{id}/translations": {
    params: { id: string };
    body: {
      to: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
      seqs: number[];
    };
    response: {
      items: Message[];
    };
  };
  /** Documents of products: manuals, guides, size charts */
  "GET /documents": {
    query?: { cursor?: string; limit?: number };
    response: {
      items: ProductDocument[];
      nextCursor: string | null;
    };
  };
  /** Add a document; the bot sends it to who asks for it */
  "POST /documents": {
    body: {
      title: string;
      kind: "manual" | "install_guide" | "size_chart" | "warranty" | "other";
      products?: string[];
      files: Partial<Record<"en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id", string>>;
      enabled?: boolean;
    };
    response: ProductDocument;
  };
  /** One document */
  "GET /documents/{id}": {
    params: { id: string };
    response: ProductDocument;
  };
  /** Change a document; what is not given stays, a file of null is taken away */
  "PATCH /documents/{id}": {
    params: { id: string };
    body: {
      title?: string;
      kind?: "manual" | "install_guide" | "size_chart" | "warranty" | "other";
      products?: string[];
      files?: Partial<Record<"en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id", string | null>>;
      enabled?: boolean;
    };
    response: ProductDocument;
  };
  /** Delete a document */
  "DELETE /documents/{id}": {
    params: { id: string };
    response: undefined;
  };
  /** Entries the FAQ lacks, drawn from what buyers asked and agents answered; most asked first */
  "GET /suggestions": {
    query?: { cursor?: string; limit?: number };
    response: {
      items: {
        id: string;
        version: number;
        questions: Partial<Record<"en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id", string[]>>;
        answers: LocalizedText;
        count: number;
        conversations: string[];
        lastAskedAt: string;
        createdAt: string;
      }[];
      nextCursor: string | null;
    };
  };
  /** Make an entry of a suggestion, as it is or edited */
  "POST /suggestions/{id}/accept": {
    params: { id: string };
    body: {
      questions?: Partial<Record<"en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id", string[]>>;
      answers?: LocalizedText;
    };
    response: Faq;
  };
  /** Take a suggestion off the list */
  "POST /suggestions/{id}/dismiss": {
    params: { id: string };
    response: undefined;
  };
  /** Upload a file to send with a message; the body is the file */
  "POST /attachments": {
    query: { name: string };
    body: BodyInit;
    response: Attachment;
  };
  /** A file of a message, by its signed link */
  "GET /attachments/{id}": {
    params: { id: string };
    query: { expires?: number | null; signature: string };
    response: Response;
  };
  /** What the widget needs before it connects */
  "GET /widget/config": {
    query: { inbox: string };
    response: {
      inboxKey: string;
      shopName: string;
      accent: string;
      greeting: LocalizedText;
      maxLength: number;
      attachments: {
        types: string[];
        maxBytes: number;
      };
    };
  };
  /** Upload a file as a shopper, by visitor token; the body is the file */
  "POST /widget/attachments": {
    query: { inbox: string; name: string };
    body: BodyInit;
    response: Attachment;
  };
  /** End the customer's session that a visitor token names, on all connections of the browser */
  "POST /widget/logout": {
    query: { inbox: string };
    response: undefined;
  };
  /** A link that opens the message centre for a buyer whom the shop vouches for; it expires */
  "POST /buyer-links": {
    body: {
      externalId?: string;
      email?: string;
      name?: string;
      locale?: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
      expiresIn?: number;
      conversationId?: string;
      orderId?: string;
    };
    response: {
      url: string;
      expiresAt: string;
    };
  };
  /** Name and colour of the shop, for the message centre's pages */
  "GET /buyer/shop": {
    response: {
      shopName: string;
      accent: string;
    };
  };
  /** Have a code sent by email that opens the message centre in this browser; the answer does not tell whether the address is known */
  "POST /buyer/link-requests": {
    body: {
      email?: string;
      locale?: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
    };
    response: undefined;
  };
  /** Type the code that was sent by email: opens everything of its address in the browser that asked for it */
  "POST /buyer/codes": {
    body: {
      code: string;
    };
    response: undefined;
  };
  /** Say that one did not ask for a code that came by email: it ends, with what it opened */
  "POST /buyer/code-refusals": {
    body: {
      token: string;
    };
    response: undefined;
  };
  /** Who the message centre's cookie stands for */
  "GET /buyer/session": {
    response: {
      shopName: string;
      accent: string;
      key: string;
      name?: string;
      locale?: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id";
      scope?: {
        conversationId?: string;
        orderId?: string;
      };
      codeTo?: string;
      maxLength: number;
      attachments: {
        types: string[];
        maxBytes: number;
      };
    };
  };
  /** End the session and forget the buyer in this browser */
  "POST /buyer/logout": {
    response: undefined;
  };
  /** The buyer's threads with the shop, newest first, and their orders */
  "GET /buyer/threads": {
    query?: { cursor?: string };
    response: {
      threads: {
        id: string;
        orderId?: string;
        subject?: string;
        status: "pending" | "open" | "snoozed" | "resolved";
        unread: boolean;
        lastMessage: {
          text: string;
          at: string;
          own: boolean;
          automatic: boolean;
          attachments: number;
        } | null;
        lastActivityAt: string;
      }[];
      orders: {
        orderId: string;
        number: string;
        state: "created" | "paid" | "shipped" | "out_for_delivery" | "delivered" | "completed" | "lost" | "cancelled";
        delayed: boolean;
        items: {
          name: string;
          quantity?: number;
          price?: number;
          [field: string]: unknown;
        }[];
        total?: number;
        currency?: string;
        promisedAt?: string;
        deliveredAt?: string;
        tracking?: {
          carrier?: string;
          number?: string;
          url?: string;
          [field: string]: unknown;
        };
        orderedAt: string;
      }[];
      nextCursor: string | null;
    };
  };
  /** Begin a thread with the shop, about an order or in general; once per echoId */
  "POST /buyer/threads": {
    body: {
      echoId: string;
      orderId?: string;
      text?: string;
      attachments?: string[];
    };
    response: {
      id: string;
    };
  };
  /** The shop's published answers in a language */
  "GET /buyer/policies": {
    query?: { locale?: "en" | "zh-CN" | "zh-TW" | "es" | "fr" | "de" | "it" | "pt-BR" | "ru" | "ja" | "ko" | "ar" | "pl" | "nl" | "tr" | "th" | "vi" | "id" };
    response: {
      items: {
        id: string;
        question: string;
        answer: string;
      }[];
    };
  };
  /** Upload a file as a buyer at the message centre; the body is the file */
  "POST /buyer/attachments": {
    query: { name: string };
    body: BodyInit;
    response: Attachment;
  };
  /** Whether the database is whole and its disk takes writes */
  "GET /database/health": {
    response: {
      engine: "embedded" | "mongodb";
      disk: "ok" | "full" | "read_only" | "failing";
      damage: string[];
      checkedAt: string | null;
    };
  };
  /** Mails that would have been sent, newest first */
  "GET /demo/mails": {
    response: {
      id: string;
      from: string;
      to: string[];
      subject: string;
      at: string;
    }[];
  };
  /** Write a mail to the shop as a buyer would */
  "POST /demo/mails": {
    body: {
      from: string;
      name?: string;
      to: string;
      subject?: string;
      text: string;
      attachments?: {
        name: string;
        type: string;
        base64: string;
      }[];
      answers?: string;
    };
    response: {
      id: string;
    };
  };
  /** One such mail */
  "GET /demo/mails/{id}": {
    params: { id: string };
    response: {
      id: string;
      from: string;
      to: string[];
      subject: string;
      at: string;
      text: string;
      messageId: string;
      references: string[];
      replyTo: string;
      cc: string[];
      headers: {
        name: string;
        value: string;
      }[];
      files: {
        name: string;
        type: string;
        size: number;
      }[];
    };
  };
  /** One such mail as its reader would see it */
  "GET /demo/mails/{id}/html": {
    params: { id: string };
    response: Response;
  };
  /** A file of one such mail, to save */
  "GET /demo/mails/{id}/files/{index}": {
    params: { id: string; index: number | null };
    response: Response;
  };
  /** Which demo pages there are, and who the demo shop's sample customer is */
  "GET /demo": {
    response: {
      shop: boolean;
      mailbox: boolean;
      address?: string;
      customer?: {
        externalId: string;
        name: string;
        email: string;
        token: string;
        hash: string;
        messages: string;
      };
    };
  };
}
