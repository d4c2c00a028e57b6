import type { z } from "zod";
import type { InboundMessage, InboundSender } from "../../contract/message.ts";
import { widgetSendSchema } from "../../contract/sockets.ts";

/** What the widget sent, and who the connection proved to be. */
export interface ChatRaw {
  payload: z.input<typeof widgetSendSchema>;
  from: InboundSender;
}

/**
 * A widget message in the hub's form. The echoId is chosen by the shopper's browser, so it counts
 * only together with the visitor: nobody can claim another visitor's message as already sent.
 */
export function receiveChat({ payload, from }: ChatRaw): InboundMessage & { wantsHuman: boolean } {
  const message = widgetSendSchema.parse(payload);
  return {
    sourceId: `${from.key}:${message.echoId}`,
    from,
    text: message.text,
    attachmentIds: message.attachments ?? [],
    echoId: message.echoId,
    wantsHuman: message.human ?? false,
  };
}
