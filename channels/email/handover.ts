import { Readable } from "node:stream";
import type { Attempt } from "../channel.ts";

/** What nodemailer makes of a mail: it is read when the server has said that it waits for the text. */
interface Message {
  createReadStream(): Readable;
}

/**
 * The moment at which a mail leaves our hands. A server that has not got the whole text cannot have taken the mail; one that has
 * may have, whatever becomes of the connection. So the attempt is asked once the server waits for the text, before its first
 * byte.
 */
export class Handover {
  readonly #attempt: Attempt;
  /** The text is on its way. */
  begun = false;
  /** It is not to be sent any more. */
  withdrawn = false;

  constructor(attempt: Attempt) {
    this.#attempt = attempt;
  }

  /** Has the message ask before it is read. */
  hold(message: Message): void {
    const original = message.createReadStream;
    message.createReadStream = () =>
      Readable.from(
        this.#text(() => original.call(message)),
        { objectMode: false },
      );
  }

  async *#text(open: () => Readable): AsyncGenerator<Buffer> {
    if (!(await this.#attempt.begin())) {
      this.withdrawn = true;
      throw new Error("the mail was withdrawn");
    }
    this.begun = true;
    for await (const chunk of open()) yield chunk as Buffer;
  }
}
