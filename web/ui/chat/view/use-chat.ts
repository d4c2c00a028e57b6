import { createContext } from "preact";
import { useContext, useEffect, useReducer } from "preact/hooks";
import type { Chat } from "../chat.ts";

export const ChatContext = createContext<Chat | undefined>(undefined);

/** The chat, for a component that draws itself with its parent. */
export function useChat(): Chat {
  const chat = useContext(ChatContext);
  if (!chat) throw new Error("outside of the widget");
  return chat;
}

/** Draws the component anew after every change of the chat. */
export function useChanges(chat: Chat): void {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => chat.subscribe(() => redraw(undefined)), [chat]);
}
