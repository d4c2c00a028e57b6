import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the scripted server answers to one call. */
export type ScriptedReply =
  | { tool: string; args: unknown; tokens?: number }
  /** Arguments as the model wrote them, JSON or not. */
  | { tool: string; rawArgs: string }
  | { content: string }
  /** An error status, with `Retry-After` where the real servers send one. */
  | { status: number }
  /** Never answers. */
  | { hang: true }
  /** Breaks off in the middle of the answer. */
  | { cut: true }
  /** Bytes that are no JSON. */
  | { garbage: string }
  /** Any JSON at all. */
  | { json: unknown }
  /** An answer of about this many tokens. */
  | { flood: number };

/** A call as the server received it. */
export interface ReceivedCall {
  path: string;
  authorization: string | undefined;
  body: {
    model?: string;
    stream?: boolean;
    input?: string | string[];
    messages?: { role: string; content: string | null; tool_call_id?: string }[];
    tools?: { function: { name: string } }[];
  };
}

export interface LlmServer {
  /** For `OPENAI_BASE_URL`. */
  baseURL: string;
  calls: ReceivedCall[];
  close(): Promise<void>;
}

/**
 * An OpenAI-compatible server that plays a script: one reply per call, in order; the last one repeats. Serves
 * completions, as a stream where asked for, and embeddings (hashed words, so that like texts are alike).
 */
export async function startLlmServer(
  script: ScriptedReply[] | ((call: ReceivedCall, number: number) => ScriptedReply),
): Promise<LlmServer> {
  const calls: ReceivedCall[] = [];
  const server = createServer((request, response) => {
    void receive(request).then((body) => {
      const call: ReceivedCall = { path: request.url ?? "", authorization: request.headers.authorization, body };
      calls.push(call);
      if (call.path.endsWith("/embeddings")) {
        json(response, 200, embeddings(body.input ?? ""));
        return;
      }
      const number = calls.filter(({ path }) => path.endsWith("/chat/completions")).length - 1;
      const reply = typeof script === "function" ? script(call, number) : script[Math.min(number, script.length - 1)];
      answer(response, reply ?? { status: 500 }, body.stream === true);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function receive(request: IncomingMessage): Promise<ReceivedCall["body"]> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString("utf8")) as ReceivedCall["body"];
}

function answer(response: ServerResponse, reply: ScriptedReply, streamed: boolean): void {
  if ("hang" in reply) return;
  if ("status" in reply) {
    json(response, reply.status, { error: { message: "scripted", type: "error" } });
    return;
  }
  if ("garbage" in reply) {
    response.writeHead(200, { "Content-Type": "application/json" }).end(reply.garbage);
    return;
  }
  if ("cut" in reply) {
    response.writeHead(200, { "Content-Type": "application/json" });
    response.write('{"id":"1","choices":[{"message":{"role":"assi', () => response.destroy());
    return;
  }
  if ("json" in reply) {
    json(response, 200, reply.json);
    return;
  }
  const message = messageOf(reply);
  if (streamed) {
    stream(response, message);
    return;
  }
  json(response, 200, {
    id: "scripted",
    object: "chat.completion",
    model: "scripted-model-1",
    choices: [{ index: 0, finish_reason: "tool_calls" in message ? "tool_calls" : "stop", message }],
    usage: { total_tokens: ("tokens" in reply && reply.tokens) || 100, prompt_tokens: 80, completion_tokens: 20 },
  });
}

function messageOf(reply: Extract<ScriptedReply, { tool: string } | { content: string } | { flood: number }>) {
  if ("flood" in reply) return { role: "assistant", content: "word ".repeat(reply.flood) };
  if ("content" in reply) return { role: "assistant", content: reply.content };
  const written = "rawArgs" in reply ? reply.rawArgs : JSON.stringify(reply.args);
  return {
    role: "assistant",
    content: null,
    tool_calls: [{ id: "call_1", type: "function", function: { name: reply.tool, arguments: written } }],
  };
}

function stream(response: ServerResponse, message: ReturnType<typeof messageOf>): void {
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  const send = (delta: unknown) =>
    response.write(`data: ${JSON.stringify({ object: "chat.completion.chunk", choices: [{ index: 0, delta }] })}\n\n`);
  if (message.content !== null) for (const part of message.content.match(/.{1,20}/gsu) ?? []) send({ content: part });
  else send({ tool_calls: message.tool_calls?.map((call, index) => ({ index, ...call })) });
  response.end("data: [DONE]\n\n");
}

function embeddings(input: string | string[]) {
  const texts = typeof input === "string" ? [input] : input;
  return {
    object: "list",
    model: "scripted-embedding-1",
    data: texts.map((text, index) => ({ object: "embedding", index, embedding: embed(text) })),
    usage: { prompt_tokens: texts.length, total_tokens: texts.length },
  };
}

function embed(text: string): number[] {
  const vector = new Array<number>(64).fill(0);
  for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) {
    let hash = 7;
    for (const sign of word) hash = (hash * 31 + sign.codePointAt(0)!) % 64;
    vector[hash]! += 1;
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}
