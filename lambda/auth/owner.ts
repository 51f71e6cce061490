/** Who owns tasks, as a hash: no row, message or log line contains a subject, a client or an account. */
import { createHash } from 'node:crypto';

/** One-way and unambiguous: as JSON, no two lists of parts have the same text. */
const hashParts = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url');

/** A subject is unique only at its issuer (RFC 7519, section 4.1.2). */
export const toSubjectOwner = (issuer: string, subject: string): string => hashParts('subject', issuer, subject);

/** A client that acts for itself alone. Never the same as a subject of that name. */
export const toClientOwner = (issuer: string, client: string): string => hashParts('client', issuer, client);

/** An AWS principal: the account and the unique id in it, with the identity for which a shared role acts. */
export const toPrincipalOwner = (account: string, principal: string, identity: string): string =>
  hashParts('iam', account, principal, identity);

/** The client through which a caller came. */
export const hashClient = (issuer: string, client: string): string => hashParts('through', issuer, client);
