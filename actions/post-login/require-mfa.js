/**
 * Ask whoever signs in to our applications for a second factor, by SMS unless FACTORS says otherwise, before any
 * later Action runs: nobody reaches the profile page with a password alone.
 *
 * Not here: the redirect to the profile page (complete-profile.js: Auth0 wants it in an Action of its own, the last
 * one), the tenant's MFA policy that stands behind this Action, and the tenant setting
 * `customize_mfa_in_postlogin_action` it needs.
 *
 * Secrets: CLIENT_IDS (our applications' client ids, separated by commas), CONNECTION_NAME (our database
 * connection), FACTORS (what we accept, of `phone`, `otp`, `webauthn-roaming`, separated by commas, the preferred one
 * first; absent: `phone`).
 *
 * Source: https://auth0.com/docs/secure/multi-factor-authentication/customize-mfa/customize-mfa-selection-universal-login
 * Source: https://auth0.com/docs/secure/multi-factor-authentication/customize-mfa/customize-mfa-enrollments-universal-login
 */
'use strict';

/** What the user reads, by the reason that the tenant's log shows. ASCII only: it travels as `error_description`. */
const SENTENCES = Object.freeze({
  not_configured: 'Signing in is not possible: the service is not set up correctly. Please tell whoever invited you.',
  unexpected_error: 'Signing in failed because of a problem on our side. Please try again.',
  unsupported_login: 'This application can only be signed in to with a web browser.',
  interaction_needed: 'Please sign in again: this needs your second step, such as a code on your phone.',
});

const KNOWN_FACTORS = Object.freeze(['phone', 'otp', 'webauthn-roaming']);

/**
 * @param {Event} event - Details about the user and the context in which they are logging in.
 * @param {PostLoginAPI} api - Interface whose methods can be used to change the behavior of the login.
 */
exports.onExecutePostLogin = async (event, api) => {
  if (!isOurs(event)) return;
  try {
    requireMfa(event, api);
  } catch {
    deny(api, 'unexpected_error'); // closed, and without the error's text: it is not for the user's eyes
  }
};

/**
 * @param {Event} event
 * @param {PostLoginAPI} api
 */
function requireMfa(event, api) {
  const factors = factorsIn(event.secrets);
  if (!event.secrets.CONNECTION_NAME || factors === undefined) return deny(api, 'not_configured');
  switch (kindOfLogin(event)) {
    case 'refresh':
      return allowRefresh(event, api);
    case 'silent':
      return hasFreshProof(event) ? askNoMore(api) : deny(api, 'interaction_needed');
    case 'browser':
      return hasFreshProof(event) ? askNoMore(api) : askForSecondFactor(event.user, factors, api);
    default:
      return deny(api, 'unsupported_login');
  }
}

/**
 * A refresh token is the fruit of a login that passed this Action, and nobody is there to type a code: Auth0's
 * guide lets the exchange pass. One thing ends it: a user without any factor (a token older than this Action, or a
 * phone that support has reset) must sign in again; Auth0 leaves `enrolledFactors` out where it does not know it,
 * which is not the same as an empty list.
 *
 * Source: https://auth0.com/docs/secure/multi-factor-authentication/customize-mfa ("Bypass MFA for refresh token requests")
 *
 * @param {Event} event
 * @param {PostLoginAPI} api
 */
function allowRefresh({ user }, api) {
  const hasNoFactor = Array.isArray(user.enrolledFactors) && user.enrolledFactors.length === 0;
  return hasNoFactor ? deny(api, 'interaction_needed') : askNoMore(api);
}

/**
 * The second factor has been shown: keep the tenant's "Always" policy from asking a second time, where it would
 * fail every refresh and silent login. What an Action says about MFA goes before the policy. Only ever called with
 * the proof in hand.
 *
 * @param {PostLoginAPI} api
 */
function askNoMore(api) {
  api.multifactor.enable('none');
}

/**
 * Whoever has one of our factors is challenged for it. Whoever has no factor enrols one of ours. Whoever has other
 * factors only (from another application of the tenant) shows one of them first: Auth0 refuses to enrol another
 * factor without that. Two commands at most, where Auth0 ends a login at the fifth.
 *
 * @param {User} user
 * @param {string[]} factors - ours
 * @param {PostLoginAPI} api
 */
function askForSecondFactor(user, factors, api) {
  const enrolled = enrolledTypes(user);
  const challengeable = factors.filter((type) => enrolled.includes(type));
  if (challengeable.length > 0) return challenge(challengeable.map(selectorOf), api);
  if (enrolled.length > 0) api.authentication.challengeWithAny(enrolled.map((type) => ({ type })));
  return enrol(factors.map(selectorOf), api);
}

function challenge(selectors, { authentication }) {
  if (selectors.length > 1) return authentication.challengeWithAny(selectors);
  return authentication.challengeWith(selectors[0]);
}

function enrol(selectors, { authentication }) {
  if (selectors.length > 1) return authentication.enrollWithAny(selectors);
  return authentication.enrollWith(selectors[0]);
}

/** A new object each time: module state is shared between users. */
function selectorOf(type) {
  return type === 'phone' ? { type, options: { preferredMethod: 'sms' } } : { type };
}

/**
 * @param {Record<string, string>} secrets
 * @returns {string[] | undefined} each once, in order of preference; undefined if one of them is unknown
 */
function factorsIn({ FACTORS }) {
  const types = (FACTORS || 'phone').split(',').map((type) => type.trim());
  return types.every((type) => KNOWN_FACTORS.includes(type)) ? [...new Set(types)] : undefined;
}

/**
 * Whether this browser session holds a second factor that still counts: given after the latest password (a password
 * typed again needs its own second factor), of a kind that the user has still enrolled (support may have reset it),
 * not by e-mail (the invitation and every new password come through the same mailbox), and one of FACTORS where that
 * is set: else another application's weaker factor would do, and an enrolment that was given up half-way would pass
 * next time. An application that names `acr_values` wants a fresh proof. Anything unclear, such as a missing
 * timestamp, is no proof.
 *
 * @param {Event} event
 * @returns {boolean}
 */
function hasFreshProof({ authentication, secrets, transaction, user }) {
  if (transaction?.acr_values?.length > 0) return false;
  const methods = authentication?.methods ?? [];
  const enrolled = enrolledTypes(user).filter((type) => type !== 'email');
  const accepted = secrets.FACTORS ? factorsIn(secrets).filter((type) => enrolled.includes(type)) : enrolled;
  const proofs = methods.filter(({ name, type }) => name === 'mfa' && accepted.includes(type));
  const firstFactors = methods.filter(({ name }) => name === 'pwd' || name === 'passkey');
  return (
    firstFactors.length > 0 &&
    proofs.some((proof) => firstFactors.every((first) => Date.parse(proof.timestamp) >= Date.parse(first.timestamp)))
  );
}

/**
 * @param {User} user
 * @returns {string[]} such as ['phone', 'otp']
 */
function enrolledTypes(user) {
  return [...new Set((user.enrolledFactors ?? []).map(({ type }) => type))];
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
