import { useEffect, useState } from "preact/hooks";

/** A mail that the hub would have sent, as the list shows it. */
export interface MailRow {
  id: string;
  from: string;
  to: string[];
  subject: string;
  at: string;
}
export interface Mail extends MailRow {
  text: string;
  /** Where an answer goes. */
  replyTo: string;
  cc: string[];
  headers: { name: string; value: string }[];
  files: { name: string; type: string; size: number }[];
}
export interface NewMail {
  from: string;
  name: string;
  to: string;
  subject: string;
  text: string;
  attachments: { name: string; type: string; base64: string }[];
  /** Id of the mail that is answered. */
  answers?: string;
}

const LOOK_AGAIN = 2_000;

/** Whoever is logged in may not see the mails. */
class Forbidden extends Error {}

/** The mails, newest first, looked for again while the page is in front. Undefined before the first answer. */
export function useMails(): { mails: MailRow[] | undefined; failed: boolean; forbidden: boolean } {
  const [forbidden, setForbidden] = useState(false);
  const [mails, setMails] = useState<MailRow[]>();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      clearTimeout(timer);
      try {
        const found = await get<MailRow[]>("");
        if (stopped) return;
        // The same list keeps its object, so that nothing is drawn anew.
        setMails((before) => (before && JSON.stringify(before) === JSON.stringify(found) ? before : found));
        setFailed(false);
      } catch (error) {
        if (stopped) return;
        if (error instanceof Forbidden) return setForbidden(true);
        setFailed(true);
      }
      if (!stopped && document.visibilityState === "visible") timer = setTimeout(look, LOOK_AGAIN);
    };
    const back = () => document.visibilityState === "visible" && void look();
    void look();
    document.addEventListener("visibilitychange", back);
    return () => {
      stopped = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", back);
    };
  }, []);
  return { mails, failed, forbidden };
}

/** One mail; undefined until it is there, null when it can not be read. */
export function useMail(id: string): Mail | null | undefined {
  const [mail, setMail] = useState<Mail | null>();
  useEffect(() => {
    let stopped = false;
    setMail(undefined);
    get<Mail>(`/${id}`).then(
      (found) => !stopped && setMail(found),
      () => !stopped && setMail(null),
    );
    return () => {
      stopped = true;
    };
  }, [id]);
  return mail;
}

export const mailUrl = (id: string, part: string) => `/api/v1/demo/mails/${id}/${part}`;

/** Hands a mail over as a mail server would. @throws Error with the hub's words, when it gave any */
export async function sendMail(mail: NewMail): Promise<void> {
  const response = await fetch("/api/v1/demo/mails", {
    method: "POST",
    headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang },
    body: JSON.stringify(mail),
  });
  if (response.ok) return;
  const body = (await response.json().catch(() => undefined)) as { error?: { message?: string } } | undefined;
  throw new Error(body?.error?.message ?? "");
}

export function readBase64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^data:[^,]*,/, ""));
    reader.onerror = () => reject(new Error(""));
    reader.readAsDataURL(file);
  });
}

async function get<T>(path: string): Promise<T> {
  const response = await fetch(`/api/v1/demo/mails${path}`);
  // The login is over, or its password has to be changed first: the way to the page leads through both.
  if (response.status === 401) window.location.reload();
  if (response.status === 403) throw new Forbidden();
  if (!response.ok) throw new Error(String(response.status));
  return (await response.json()) as T;
}
