import { io, type Socket } from "socket.io-client";
import type { ErrorBody } from "../../../contract/errors.ts";
import type { AgentClientEvents, AgentServerEvents } from "../../../contract/sockets.ts";
import { ApiError } from "../../ui/http.ts";

export type AgentSocket = Socket<AgentServerEvents, AgentClientEvents>;

/** A socket in the agents' namespace, with the session cookie; connects when told to. */
export function createSocket(): AgentSocket {
  return io("/agent", { autoConnect: false, reconnectionDelay: 500, reconnectionDelayMax: 8_000 });
}

const ACK_TIMEOUT = 15_000;

/** Watches a conversation over the socket; rejects with an ApiError like the HTTP calls do. */
export async function watchConversation(socket: AgentSocket, id: string, afterSeq: number | undefined) {
  let answer: Awaited<ReturnType<typeof emit>>;
  try {
    answer = await emit();
  } catch {
    throw new ApiError("network", "", 0);
  }
  if (!answer.ok) throw new ApiError(answer.error.code, answer.error.message, 400, answer.error.details);
  return answer;

  function emit() {
    return socket
      .timeout(ACK_TIMEOUT)
      .emitWithAck("conversation:watch", afterSeq === undefined ? { id } : { id, afterSeq });
  }
}

/** The refusal a server's middleware gives with a connect_error, if it is one. */
export function refusal(error: Error): ErrorBody | undefined {
  const data = (error as Error & { data?: ErrorBody }).data;
  return typeof data?.code === "string" ? data : undefined;
}
