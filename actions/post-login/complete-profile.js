/**
 * Send whoever has no name yet to our profile page, take the names that it brings back, hand them to the application.
 * The last post-login Action: nothing of ours runs after the redirect, and MFA (require-mfa.js) is done before it.
 *
 * Not here: the page (pages/profile). Auth0's own root `given_name`/`family_name`: `api` cannot write those, so the
 * names live in `user_metadata` and travel as ID token claims, unless PROFILE_STORE says that the Management API
 * shall write them.
 *
 * Secrets: CLIENT_IDS (our applications' client ids, separated by commas), CONNECTION_NAME (our database
 * connection), PROFILE_APPLIES_TO (whom we ask: `all`, or `invited`; absent: `all`), PROFILE_PAGE_URL,
 * TO_PAGE_SECRET (signs what we tell the page), FROM_PAGE_SECRET (checks what the page tells us),
 * PREVIOUS_FROM_PAGE_SECRET (still accepted while the page changes its key; absent otherwise), PROFILE_STORE (where
 * names go: `metadata`, or `root`; absent: `metadata`); for `root` also TENANT_DOMAIN (the canonical one) and
 * PROFILE_WRITER_CLIENT_ID, PROFILE_WRITER_CLIENT_SECRET (a machine-to-machine client with `update:users`).
 * Source: https://auth0.com/docs/customize/actions/redirect-with-actions, …/action-coding-guidelines
 */
'use strict';

/** What the user reads, by the reason that the tenant's log shows. ASCII only: it travels as `error_description`. */
const SENTENCES = Object.freeze({
  not_configured: 'Signing in is not possible: the service is not set up correctly. Please tell whoever invited you.',
  unexpected_error: 'Signing in failed because of a problem on our side. Please try again.',
  unsupported_login: 'This application can only be signed in to with a web browser.',
  interaction_needed: 'Please sign in again: we still need your name.',
  return_token_refused: 'We could not confirm your details, perhaps because it took too long. Please sign in again.',
  return_token_claims: 'We could not confirm your details. Please sign in again.',
  names_not_saved: 'We could not save your name because of a problem on our side. Please sign in again in a minute.',
  names_refused: 'We could not accept the name that was entered. Please sign in again and check it.',
});

/** Per direction: a token of one direction, or of another use of a key, is refused by the other end. */
const TO_PAGE = Object.freeze({ aud: 'guestlist:profile-page', purpose: 'ask-for-names' });
const FROM_PAGE = Object.freeze({ aud: 'guestlist:complete-profile', purpose: 'names-given' });

const TOKEN_PARAMETER = 'session_token';
const TIME_FOR_THE_FORM_SEC = 900; // Auth0's default; the page refuses more
const MAX_RETURN_TOKEN_SEC = 300; // the page asks for 120; Auth0 wants 60 or more
const MAX_CLOCK_SKEW_SEC = 60;
const MIN_SECRET_LENGTH = 32;
const MAX_NAME_LENGTH = 100; // code points; Auth0's root attributes end at 150
const SAVE_TIMEOUT_MS = 8000; // for all requests of a login together: Auth0 asks for less than 10 s, and ends it at 20
const RETRY_PAUSE_MS = 1000;
const SPARE_TOKEN_LIFE_SEC = 60;
const MAX_CACHE_TTL_MS = 86400000; // Auth0's
const LANGUAGE_TAG = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/;

/**
 * @param {Event} event - Details about the user and the context in which they are logging in.
 * @param {PostLoginAPI} api - Interface whose methods can be used to change the behavior of the login.
 */
exports.onExecutePostLogin = async (event, api) => {
  if (!isOurs(event)) return;
  try {
    if (!knowsWhomToAsk(event.secrets)) return deny(api, 'not_configured');
    if (!isForUs(event)) return;
    return isComplete(event.user) ? welcome(event.user, storedNames(event.user), api) : askForNames(event, api);
  } catch {
    deny(api, 'unexpected_error'); // closed, and without the error's text: it is not for the user's eyes
  }
};

/**
 * The way back from the profile page, through /continue. Auth0 resumes here and nowhere else, so this stands alone.
 * @param {Event} event
 * @param {PostLoginAPI} api
 */
exports.onContinuePostLogin = async (event, api) => {
  if (!isOurs(event)) return;
  try {
    if (!knowsWhomToAsk(event.secrets)) return deny(api, 'not_configured');
    if (!isForUs(event)) return;
    // Completed meanwhile, in another tab: the names that we have stay, whatever this token says.
    if (isComplete(event.user)) return welcome(event.user, storedNames(event.user), api);
    return await takeNames(event, api);
  } catch {
    deny(api, 'unexpected_error');
  }
};

/** @param {Record<string, string>} secrets */
function knowsWhomToAsk({ CONNECTION_NAME, PROFILE_APPLIES_TO }) {
  return Boolean(CONNECTION_NAME) && ['all', 'invited'].includes(PROFILE_APPLIES_TO || 'all');
}

/**
 * With `invited`, the people whom an application had before it was ours go on as ever, in every kind of login: they
 * have neither an invite nor our marker. Only we write those: `app_metadata` is not the user's.
 */
function isForUs({ secrets, user: { app_metadata } }) {
  if (secrets.PROFILE_APPLIES_TO !== 'invited') return true;
  return Boolean(app_metadata?.invite) || Boolean(app_metadata?.profile_completed_at);
}

/**
 * A login without names gets no tokens unless a person can be sent to the page. Letting silent logins pass would
 * open the gate: the session exists after an abandoned redirect, so `prompt=none` would fetch the tokens. A refresh
 * token of a user without a name is older than this Action, or the profile has been reset: both end in an ordinary
 * login.
 * @param {Event} event
 * @param {PostLoginAPI} api
 */
function askForNames(event, api) {
  const kind = kindOfLogin(event);
  if (kind === 'unsupported') return deny(api, 'unsupported_login');
  if (kind !== 'browser' || !api.redirect.canRedirect()) return deny(api, 'interaction_needed');
  if (!canTalkToThePage(event.secrets) || !canStore(event.secrets)) return deny(api, 'not_configured');

  // Auth0 adds sub, iss, exp and ip. Signed is not encrypted: no name and no address goes into it.
  const token = api.redirect.encodeToken({
    secret: event.secrets.TO_PAGE_SECRET,
    expiresInSeconds: TIME_FOR_THE_FORM_SEC,
    payload: { ...TO_PAGE, ...localeOf(event) },
  });
  return api.redirect.sendUserTo(event.secrets.PROFILE_PAGE_URL, { query: { [TOKEN_PARAMETER]: token } });
}

/** @param {Event} event @param {PostLoginAPI} api */
async function takeNames(event, api) {
  if (!canTalkToThePage(event.secrets) || !canStore(event.secrets)) return deny(api, 'not_configured');

  const claims = await readReturnToken(event.secrets, api);
  if (claims === undefined) return deny(api, 'return_token_refused');
  if (!isMeantForThisLogin(claims, event.user, Date.now() / 1000)) return deny(api, 'return_token_claims');

  const names = namesIn(claims);
  if (names === undefined) return deny(api, 'names_refused');

  // First, because a denied login keeps the metadata that was set.
  if (!(await store(names, event, api))) return deny(api, 'names_not_saved');
  api.user.setAppMetadata('profile_completed_at', new Date().toISOString());
  return welcome(event.user, names, api);
}

/**
 * Auth0 checks signature, expiry, `state` and `sub`, and throws; its texts stay here. The page's previous key
 * counts for as long as it is set.
 * @param {Record<string, string>} secrets
 * @param {PostLoginAPI} api
 * @returns {Promise<Record<string, unknown> | undefined>}
 */
async function readReturnToken(secrets, api) {
  for (const secret of [secrets.FROM_PAGE_SECRET, secrets.PREVIOUS_FROM_PAGE_SECRET].filter(isStrong)) {
    try {
      return await api.redirect.validateToken({ secret, tokenParameterName: TOKEN_PARAMETER });
    } catch {
      // Perhaps signed with the other key. Refused by all of them: `undefined`.
    }
  }
  return undefined;
}

/**
 * What Auth0 does not check (`aud`, `purpose`, the lifetime), or is not documented to (`sub`).
 * @param {Record<string, unknown>} claims
 * @param {User} user
 * @param {number} now - seconds
 */
function isMeantForThisLogin({ aud, purpose, sub, iat, exp }, user, now) {
  return (
    aud === FROM_PAGE.aud &&
    purpose === FROM_PAGE.purpose &&
    sub === user.user_id &&
    Number.isFinite(iat) &&
    Number.isFinite(exp) &&
    exp > iat &&
    exp - iat <= MAX_RETURN_TOKEN_SEC &&
    iat <= now + MAX_CLOCK_SKEW_SEC && // else a date far ahead would make it live for as long
    exp >= now - MAX_CLOCK_SKEW_SEC
  );
}

/**
 * A last name is optional: many people have one name.
 * @param {Record<string, unknown>} claims
 * @returns {{ given_name: string, family_name?: string } | undefined} undefined if either is refused
 */
function namesIn({ given_name, family_name }) {
  const given = cleanName(given_name);
  if (given === undefined) return undefined;
  if (family_name === undefined || family_name === null || family_name === '') return { given_name: given };
  const family = cleanName(family_name);
  return family === undefined ? undefined : { given_name: given, family_name: family };
}

// Spelled out, because the page's Python knows another Unicode. Never `g` or `y`, which remember a place between users.
const BEFORE = /^[\t\n\r \xA0\u1680\u2000-\u200A\u202F\u205F\u3000]+/u;
const AFTER = /[\t\n\r \xA0\u1680\u2000-\u200A\u202F\u205F\u3000]+$/u;
const BLANK =
  /^[ \xA0\xAD\u034F\u0600-\u0605\u061C\u06DD\u070F\u0890\u0891\u08E2\u115F\u1160\u1680\u17B4\u17B5\u180B-\u180F\u2000-\u200F\u202A-\u202F\u205F-\u206F\u2800\u3000\u3164\uE000-\uF8FF\uFE00-\uFE0F\uFEFF\uFFA0\uFFF9-\uFFFB\u{110BD}\u{110CD}\u{13430}-\u{1343F}\u{1BCA0}-\u{1BCA3}\u{1D173}-\u{1D17A}\u{E0000}-\u{E0FFF}\u{F0000}-\u{10FFFF}]*$/u;
const REFUSED = /[\0-\x1F\x7F-\x9F\u2028-\u202E\u2066-\u2069\uD800-\uDFFF<>]|:\/\/|[wW]{3}\./u; // bidi overrides, links in mails
/** Where a version of Unicode since 14 has new marks: left as they come, or the two sides would compose differently. */
const YOUNG =
  /([\u0897\u1ACF-\u1AFF\u{105C0}-\u{105FF}\u{10D40}-\u{10D8F}\u{10EF0}-\u{10EFF}\u{11380}-\u{113FF}\u{11F00}-\u{11F5F}\u{16100}-\u{1613F}\u{16D40}-\u{16D7F}\u{1E08F}\u{1E4D0}-\u{1E4FF}\u{1E5D0}-\u{1E5FF}\u{1E6C0}-\u{1E6FF}]+)/u;

/**
 * The rules of the profile page (pages/profile/names.py), once more: what it lets through and what the user may have
 * changed since is not trusted. tests/actions/names.json holds the cases for both.
 * @param {unknown} value
 * @returns {string | undefined} in NFC, without spaces around it; undefined if it cannot be a name
 */
function cleanName(value) {
  if (typeof value !== 'string') return undefined;
  const composed = value.split(YOUNG).map((part, at) => (at % 2 ? part : part.normalize('NFC')));
  const name = composed.join('').replace(BEFORE, '').replace(AFTER, '');
  const fits = [...name].length <= MAX_NAME_LENGTH;
  return fits && !BLANK.test(name) && !REFUSED.test(name) ? name : undefined;
}

/**
 * `null` removes an old last name, in `user_metadata` and in the root attributes.
 * Source: https://auth0.com/docs/api/management/v2/users/patch-users-by-id
 * @returns {Promise<boolean>} whether the names are stored, or will be at the end of this login
 */
async function store(names, { secrets, user }, api) {
  const attributes = { given_name: names.given_name, family_name: names.family_name ?? null };
  if (secrets.PROFILE_STORE === 'root') {
    return patchUser(user.user_id, { ...attributes, name: wholeName(names) }, secrets, api);
  }
  for (const [key, value] of Object.entries(attributes)) api.user.setUserMetadata(key, value);
  return true;
}

function wholeName({ given_name, family_name }) {
  return [given_name, family_name].filter(Boolean).join(' ');
}

/**
 * A token from the cache that is refused was revoked, or is older than its grant: a new one is tried once. Nothing of
 * an answer or a failure leaves here.
 * @returns {Promise<boolean>} whether the user was written
 */
async function patchUser(userId, attributes, secrets, api) {
  const signal = AbortSignal.timeout(SAVE_TIMEOUT_MS);
  const path = `/api/v2/users/${encodeURIComponent(userId)}`;
  const patch = (token) => send('PATCH', path, attributes, { token, secrets, signal });
  try {
    const cached = api.cache.get(cacheKey(secrets))?.value;
    let response = await patch(cached ?? (await newToken(secrets, api, signal)));
    if (cached && [401, 403].includes(response.status)) response = await patch(await newToken(secrets, api, signal));
    return response.ok;
  } catch {
    return false;
  }
}

/** Kept in the cache (`api.cache`), because plans count machine-to-machine tokens; the cache may forget at any time. */
async function newToken(secrets, api, signal) {
  const request = {
    grant_type: 'client_credentials',
    client_id: secrets.PROFILE_WRITER_CLIENT_ID,
    client_secret: secrets.PROFILE_WRITER_CLIENT_SECRET,
    audience: `https://${secrets.TENANT_DOMAIN}/api/v2/`,
  };
  const response = await send('POST', '/oauth/token', request, { secrets, signal });
  const { access_token, expires_in } = response.ok ? await response.json() : {};
  if (!access_token) throw new Error('no token'); // for patchUser
  const ttl = Math.min((expires_in - SPARE_TOKEN_LIFE_SEC) * 1000, MAX_CACHE_TTL_MS);
  if (ttl > 0) api.cache.set(cacheKey(secrets), access_token, { ttl });
  return access_token;
}

/** A new client does not go on with the token of the former. Auth0 allows 64 bytes. */
function cacheKey({ PROFILE_WRITER_CLIENT_ID }) {
  return `guestlist:writer:${PROFILE_WRITER_CLIENT_ID}`;
}

/** Once more after a pause, if Auth0 is busy (429) or stumbled (5xx): each of our calls may be repeated. */
async function send(method, path, body, { token, secrets, signal }) {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const request = { method, headers, body: JSON.stringify(body), redirect: 'error', signal };
  const attempt = () => fetch(`https://${secrets.TENANT_DOMAIN}${path}`, request);
  const response = await attempt();
  if (response.status !== 429 && response.status < 500) return response;
  await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MS));
  return attempt();
}

/**
 * The marker decides: names may come and go, and a person is asked once, wherever PROFILE_STORE puts new names. A
 * first name from elsewhere (an administrator, the invitation) serves as well. Not `logins_count`: it also counts
 * logins that were given up half-way.
 */
function isComplete(user) {
  return (
    Boolean(user.app_metadata?.profile_completed_at) ||
    Boolean(user.given_name?.trim()) ||
    storedNames(user) !== undefined
  );
}

/** Checked again: a user may be able to write `user_metadata`. */
function storedNames({ user_metadata }) {
  const given = cleanName(user_metadata?.given_name);
  return given && { given_name: given, family_name: cleanName(user_metadata.family_name) };
}

/**
 * A complete login: the application gets the names, and the invitation is over, so that a later "forgot password"
 * mail is not an invitation again. Root names, where an administrator has set them, reach the ID token by
 * themselves.
 * @param {User} user
 * @param {{ given_name: string, family_name?: string } | undefined} names
 */
function welcome(user, names, api) {
  if (names !== undefined && !user.given_name?.trim()) {
    api.idToken.setCustomClaim('given_name', names.given_name);
    if (names.family_name !== undefined) api.idToken.setCustomClaim('family_name', names.family_name);
    api.idToken.setCustomClaim('name', wholeName(names));
  }
  const invite = user.app_metadata?.invite;
  if (invite && !invite.accepted_at) {
    api.user.setAppMetadata('invite', { ...invite, accepted_at: new Date().toISOString() });
  }
}

/** @param {Record<string, string>} secrets */
function canTalkToThePage({ FROM_PAGE_SECRET, PROFILE_PAGE_URL, TO_PAGE_SECRET }) {
  return (
    isStrong(FROM_PAGE_SECRET) &&
    isStrong(TO_PAGE_SECRET) &&
    FROM_PAGE_SECRET !== TO_PAGE_SECRET &&
    typeof PROFILE_PAGE_URL === 'string' &&
    PROFILE_PAGE_URL.startsWith('https://')
  );
}

/** @param {Record<string, string>} secrets */
function canStore({ PROFILE_STORE, PROFILE_WRITER_CLIENT_ID, PROFILE_WRITER_CLIENT_SECRET, TENANT_DOMAIN }) {
  if (!PROFILE_STORE || PROFILE_STORE === 'metadata') return true;
  const isDomain = /^[a-z0-9-]+(\.[a-z0-9-]+)*(:\d+)?$/i.test(TENANT_DOMAIN ?? '');
  return PROFILE_STORE === 'root' && isDomain && Boolean(PROFILE_WRITER_CLIENT_ID && PROFILE_WRITER_CLIENT_SECRET);
}

/** @param {string | undefined} secret */
function isStrong(secret) {
  return typeof secret === 'string' && secret.length >= MIN_SECRET_LENGTH;
}

/**
 * The language for the page to go on in: what the application asked for, the invite's, what Auth0 speaks in this login.
 * @param {Event} event
 */
function localeOf({ transaction, user }) {
  const wishes = [transaction?.ui_locales?.[0], user.app_metadata?.invite?.language, transaction?.locale];
  const locale = wishes.find((tag) => typeof tag === 'string' && LANGUAGE_TAG.test(tag));
  return locale === undefined ? {} : { locale };
}

// ---- From here on word for word the same in require-mfa.js and complete-profile.js: an Action is one file. ----

const BROWSER_PROTOCOLS = Object.freeze([
  'oidc-basic-profile',
  'oidc-hybrid-profile',
  'oidc-implicit-profile',
  'samlp',
  'wsfed',
]);

/**
 * Whether this login is to one of our applications, through our connection: all others are none of our business.
 * Without CONNECTION_NAME our applications' logins count as ours, to be denied; without CLIENT_IDS none does,
 * because denying would close every application of the tenant (the program always sets it).
 *
 * @param {Event} event
 * @returns {boolean}
 */
function isOurs({ client, connection, secrets }) {
  const clientIds = (secrets?.CLIENT_IDS ?? '').split(',').map((id) => id.trim());
  if (!client?.client_id || !clientIds.includes(client.client_id)) return false;
  if (!secrets.CONNECTION_NAME) return true;
  return connection?.strategy === 'auth0' && connection.name === secrets.CONNECTION_NAME;
}

/**
 * Who could answer a question now: a person ('browser'), nobody ('silent', 'refresh'), or somebody whom Auth0
 * cannot show a page to ('unsupported': password grant, token exchange, device code and the like; our applications
 * have no such grant). `event.transaction` is optional: without it, ask, and let Auth0 fail the login if it cannot.
 *
 * @param {Event} event
 * @returns {'browser' | 'silent' | 'refresh' | 'unsupported'}
 */
function kindOfLogin({ request, transaction }) {
  const protocol = transaction?.protocol;
  if (protocol === 'oauth2-refresh-token') return 'refresh';
  if (protocol !== undefined && !BROWSER_PROTOCOLS.includes(protocol)) return 'unsupported';
  if (transaction?.prompt?.includes('none') || request?.query?.prompt === 'none') return 'silent';
  return 'browser';
}

/**
 * The reason goes to the tenant's log, the sentence to the user; neither holds anything of the event.
 *
 * @param {PostLoginAPI} api
 * @param {keyof typeof SENTENCES} reason
 */
function deny(api, reason) {
  console.log(`guestlist denied a login: ${reason}`);
  api.access.deny(SENTENCES[reason]);
}
