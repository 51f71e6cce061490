/** OAuth scopes, as tools require them and the construct takes them. */

/** One scope (RFC 6749, section 3.3): printable ASCII without space, quote and backslash. */
export const SCOPE_PATTERN = /^[\x21\x23-\x5B\x5D-\x7E]+$/;
