import { isNobody } from "../../contract/buyer-id.ts";
import { nearestLocale } from "../../contract/locales.ts";
import type { Context } from "../context.ts";
import { tokenHash } from "../credentials.ts";
import { AppError } from "../errors.ts";
import { findInboxByKey } from "../queries/inboxes.ts";
import { readShopToken } from "../shop-tokens.ts";
import { within } from "../sources.ts";
import type { OpenedLink } from "./buyer-links.ts";
import { isRevoked } from "./buyer-revocations.ts";

/**
 * Whom a link to the message centre speaks of that a shop's own server signed as a token for just that. An address that the
 * shop calls unconfirmed opens nothing; a platform's customer numbers are its own, whatever others the shop has.
 * @throws AppError link_expired for one that is forged, too old, too far ahead, or made for something else
 */
export async function readTokenLink(
  ctx: Context,
  { inbox: key, identity }: { inbox: string; identity: string },
): Promise<OpenedLink> {
  const inbox = await findInboxByKey(ctx, key);
  if (!inbox?.enabled) throw new AppError("link_expired");
  const claims = await readShopToken(ctx, inbox, { token: identity, audience: "parley-messages" }).catch(
    (error: unknown) => {
      if (!(error instanceof AppError)) throw error;
      // The buyer sees that the link no longer opens; why is for the shop's developer.
      ctx.log.info({ code: error.code, details: error.details, inbox: key }, "a shop's link was refused");
      throw new AppError("link_expired");
    },
  );
  const { externalId: signed = "", email, name } = claims;
  // What a shop signs for everybody who has no account stands for nobody.
  const externalId = isNobody(signed) ? undefined : within(inbox.source, signed);
  if (externalId === undefined && email === undefined) throw new AppError("link_expired");
  const locale = nearestLocale(claims.locale);
  const of = {
    workspaceId: inbox.workspaceId.toHexString(),
    ...(externalId !== undefined && { externalId }),
    ...(email !== undefined && { email }),
    ...(name !== undefined && { name }),
    ...(locale !== undefined && { locale }),
  };
  const hash = tokenHash(identity);
  if (await isRevoked(of, { since: claims.issuedAt, linkHash: hash })) throw new AppError("link_expired");
  return { claims: of, hash, expiresAt: claims.expiresAt };
}
