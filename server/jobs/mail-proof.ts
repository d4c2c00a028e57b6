import ipaddr from "ipaddr.js";
import { SenderChecker } from "../../channels/email/proof/checker.ts";
import { cachedResolver, type MailResolver } from "../../channels/email/proof/dns.ts";
import { isFrom, serverOfService, trustedResults } from "../../channels/email/proof/trace.ts";
import type { Verdict } from "../../channels/email/proof/verdict.ts";
import { recordProof, takeDueChecks } from "../actions/mail-proof.ts";
import { mailboxOf } from "../actions/mailboxes.ts";
import { readRawMail } from "../actions/store-mail.ts";
import type { Context } from "../context.ts";
import { findInbox } from "../queries/inboxes.ts";
import type { InboxRecord, MailRecord } from "../records.ts";

const AT_A_TIME = 20;
const PASS: Verdict = { proof: "pass", again: false };
const UNKNOWN: Verdict = { proof: "unknown", again: false };

/** Finds out whether mails come from whom they say, when they are taken in and, where the DNS was silent, later. */
export class SenderProofs {
  readonly #ctx: Context;
  readonly #checker: SenderChecker;

  constructor(ctx: Context, resolve: MailResolver) {
    this.#ctx = ctx;
    this.#checker = new SenderChecker(cachedResolver(resolve));
  }

  /** @param sender the address that the hub takes for the mail's sender */
  async verdict(mail: MailRecord, inbox: InboxRecord, raw: Buffer, sender: string): Promise<Verdict> {
    if (mail.via === "demo") return PASS;
    const { trustedRelays, trustedResults: servers, imap } = mailboxOf(this.#ctx, inbox);
    if (mail.via === "smtp" && mail.client) {
      const { address, helo } = mail.client;
      if (!isListed(address, [...this.#ctx.config.mailTrustedRelays, ...trustedRelays])) {
        return this.#checker.check(raw, { sender, client: { address, helo, mailFrom: mail.mailFrom ?? "" } });
      }
      // The relay refuses what is forged, or says what it found.
      if (!isFrom(raw, sender)) return UNKNOWN;
      return { proof: trustedResults(raw, sender, { servers, delivered: true }) ?? "pass", again: false };
    }
    const service = imap && serverOfService(imap.host);
    const found =
      mail.via === "imap"
        ? trustedResults(raw, sender, {
            servers: service === undefined ? servers : [...servers, service],
            delivered: true,
          })
        : trustedResults(raw, sender, { servers, delivered: false });
    return found ? { proof: found, again: false } : this.#checker.check(raw, { sender });
  }

  async stop(): Promise<void> {
    await this.#checker.stop();
  }

  /** Checks again what is due. */
  async checkDue(): Promise<void> {
    const taken = await takeDueChecks(this.#ctx, AT_A_TIME);
    await Promise.all(taken.map((mail) => this.#one(mail)));
  }

  async #one(mail: MailRecord): Promise<void> {
    const inbox = await findInbox(this.#ctx, mail.inboxId);
    const verdict =
      inbox && mail.sender ? await this.verdict(mail, inbox, await readRawMail(mail), mail.sender) : UNKNOWN;
    await recordProof(this.#ctx, { mail, ...verdict });
  }
}

/** Whether an address is one of these addresses and networks. */
export function isListed(address: string, networks: readonly string[]): boolean {
  if (networks.length === 0 || !ipaddr.isValid(address)) return false;
  const own = ipaddr.process(address);
  return networks.some((each) => {
    const [network, bits] = each.includes("/") ? ipaddr.parseCIDR(each) : [ipaddr.process(each), undefined];
    if (network.kind() !== own.kind()) return false;
    return own.match(network, bits ?? (network.kind() === "ipv4" ? 32 : 128));
  });
}
