/**
 * Stable error codes with their HTTP status. Clients branch on the code; the message is for people.
 * Every code has a text under `errors.<code>` in `locales/<lang>/server.json`.
 */
export const ERROR_STATUS = {
  invalid_json: 400,
  invalid_request: 400,
  invalid_encoding: 400,
  invalid_cursor: 400,
  unauthenticated: 401,
  invalid_credentials: 401,
  invalid_visitor_token: 401,
  invalid_identity: 401,
  identity_expired: 401,
  identity_too_long: 401,
  identity_wrong_audience: 401,
  identity_claims: 401,
  identity_ended: 401,
  invalid_signature: 401,
  stale_signature: 401,
  link_expired: 401,
  forbidden: 403,
  origin_not_allowed: 403,
  password_change_required: 403,
  code_needed: 403,
  not_found: 404,
  unknown_inbox: 404,
  unknown_integration: 404,
  unknown_route: 404,
  method_not_allowed: 405,
  conflict: 409,
  contact_has_history: 409,
  message_id_reused: 409,
  thread_of_another_buyer: 409,
  event_id_reused: 409,
  order_of_another_buyer: 409,
  order_number_shared: 409,
  address_of_another_contact: 409,
  already_claimed: 409,
  not_owner: 409,
  draft_gone: 409,
  already_sent: 409,
  version_mismatch: 409,
  message_too_long: 413,
  payload_too_large: 413,
  attachment_too_large: 413,
  attachment_type_not_allowed: 415,
  attachment_type_mismatch: 415,
  unsupported_media_type: 415,
  empty_message: 422,
  model_required: 422,
  import_unreadable: 422,
  page_unreadable: 422,
  wrong_code: 422,
  code_expired: 422,
  template_invalid: 422,
  unknown_attachment: 422,
  weak_password: 422,
  unknown_channel: 422,
  not_reachable: 422,
  rate_limited: 429,
  budget_spent: 429,
  internal: 500,
  data_damaged: 500,
  model_failed: 502,
  unavailable: 503,
  storage_unwritable: 503,
  storage_full: 507,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** The one error form, over HTTP and in socket acknowledgements. */
export interface ErrorBody {
  code: ErrorCode;
  message: string;
  details?: unknown;
}
