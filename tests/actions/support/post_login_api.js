/**
 * A recording `api` of the post-login trigger: it keeps what an Action asked for in `recorded`, checks session
 * tokens for real, throws where Auth0 documents an error, and `outcome()` says what Auth0 would make of it all.
 *
 * Source: https://auth0.com/docs/customize/actions/reference/post-login/post-login-api-object
 * Source: https://auth0.com/docs/customize/actions/redirect-with-actions (what validateToken checks)
 * Source: https://community.auth0.com/t/118530 and /t/133463 (the texts of its errors)
 */
'use strict';

const { sign, signature } = require('./tokens.js');

const MFA_COMMANDS_PER_FLOW = 4;
const NOBODY_THERE = ['oauth2-resource-owner', 'oauth2-refresh-token', 'oauth2-password', 'oauth2-token-exchange'];

/**
 * @param {object} event - the same one that the Action gets
 * @param {{ clock?: () => number, cache?: Map }} options - a `cache` that outlives this login, as Auth0's may
 */
function anApi(event, { clock = () => Date.now(), cache = new Map() } = {}) {
  const recorded = {
    denied: [],
    mfa: [],
    multifactor: [],
    redirect: null,
    idToken: {},
    userMetadata: {},
    appMetadata: {},
    keysTried: [],
  };
  const seconds = () => Math.floor(clock() / 1000);

  const mfaCommand = (command, factors) => {
    if (recorded.mfa.length === MFA_COMMANDS_PER_FLOW) throw new Error('Too many MFA commands in one flow');
    if (recorded.redirect) throw new Error('MFA commands and a redirect cannot share an Action');
    recorded.mfa.push({ command, factors });
  };

  const api = {
    recorded,
    access: {
      deny: (reason) => recorded.denied.push(reason),
    },
    authentication: {
      challengeWith: (factor, options) => mfaCommand('challengeWith', [factor, ...(options?.additionalFactors ?? [])]),
      challengeWithAny: (factors) => mfaCommand('challengeWithAny', factors),
      enrollWith: (factor, options) => mfaCommand('enrollWith', [factor, ...(options?.additionalFactors ?? [])]),
      enrollWithAny: (factors) => mfaCommand('enrollWithAny', factors),
    },
    cache: cacheIn(cache, clock),
    idToken: {
      setCustomClaim: (name, value) => (recorded.idToken[name] = value),
    },
    multifactor: {
      enable: (provider, options) => recorded.multifactor.push({ provider, options }),
    },
    redirect: {
      canRedirect: () => anybodyThere(event),
      encodeToken: ({ secret, payload, expiresInSeconds = 900 }) => {
        const now = seconds();
        const standard = { iss: event.request.hostname, sub: event.user.user_id, ip: event.request.ip };
        return sign({ ...standard, iat: now, exp: now + expiresInSeconds, ...payload }, secret);
      },
      sendUserTo: (target, { query = {} } = {}) => {
        if (recorded.mfa.length > 0) throw new Error('MFA commands and a redirect cannot share an Action');
        const url = new URL(target);
        for (const [name, value] of Object.entries(query)) url.searchParams.append(name, value);
        recorded.redirect = url;
      },
      validateToken: ({ secret, tokenParameterName = 'session_token' }) => {
        recorded.keysTried.push(secret);
        return validateToken(event, secret, tokenParameterName, seconds());
      },
    },
    user: {
      setUserMetadata: (key, value) => (recorded.userMetadata[key] = value),
      setAppMetadata: (key, value) => (recorded.appMetadata[key] = value),
    },
  };
  return api;
}

/** With Auth0's limits: https://auth0.com/docs/customize/actions/limitations ("Cached data"). */
function cacheIn(records, clock) {
  return {
    delete: (key) => ({ type: records.delete(key) ? 'success' : 'error' }),
    get: (key) => (records.get(key)?.expires_at > clock() ? records.get(key) : undefined),
    set: (key, value, { ttl = 900_000 } = {}) => {
      const fits = Buffer.byteLength(key) <= 64 && Buffer.byteLength(value) <= 4096 && ttl <= 86_400_000;
      if (!fits) return { type: 'error', code: 'ItemSizeExceeded' };
      records.set(key, { value, expires_at: clock() + ttl });
      return { type: 'success', record: records.get(key) };
    },
  };
}

function anybodyThere({ transaction }) {
  return !NOBODY_THERE.includes(transaction?.protocol) && !transaction?.prompt?.includes('none');
}

function validateToken(event, secret, parameter, now) {
  const given = { ...event.request.query, ...event.request.body };
  if (!(parameter in given)) {
    throw new Error(`There is no parameter called '${parameter}' available in either the POST body or query string.`);
  }
  const refuseUnless = (condition, why) => {
    if (!condition) throw new Error(`The session token is invalid: ${why}`);
  };
  const parts = String(given[parameter]).split('.');
  refuseUnless(parts.length === 3, 'Failed signature validation');
  const [header, claims] = parts.slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
  refuseUnless(header.alg === 'HS256', 'Failed signature validation');
  refuseUnless(signature(`${parts[0]}.${parts[1]}`, secret) === parts[2], 'Failed signature validation');
  refuseUnless(String(header.typ).toUpperCase() === 'JWT', 'Unexpected token payload type');
  refuseUnless(claims.state === given.state, 'State in the token does not match the /continue state.');
  for (const claim of ['sub', 'iss', 'iat', 'exp']) refuseUnless(claim in claims, 'Missing or invalid standard claims');
  refuseUnless(claims.sub === event.user.user_id, 'The sub claim does not match the user_id.');
  refuseUnless(claims.exp > now, 'Token has expired.');
  return claims;
}

/** What Auth0 makes of a login after this Action: whether it goes on towards tokens is the first question of every test. */
function outcome(event, { recorded }) {
  if (recorded.denied.length > 0) return 'denied';
  const isInteractive = anybodyThere(event);
  if (recorded.redirect) return isInteractive ? 'redirected' : 'interaction_required';
  if (recorded.mfa.length > 0) return isInteractive ? outcomeOfMfa(event.user, recorded.mfa) : 'mfa_required';
  return recorded.multifactor.some(({ provider }) => provider === 'none') ? 'goes on, MFA is settled' : 'goes on';
}

function outcomeOfMfa({ enrolledFactors = [] }, commands) {
  const enrolled = enrolledFactors.map(({ type }) => type);
  const steps = [];
  for (const { command, factors } of commands) {
    const isChallenge = command.startsWith('challenge');
    const usable = factors.map(({ type }) => type).filter((type) => enrolled.includes(type) === isChallenge);
    if (usable.length === 0) return 'mfar: the requested factors are not properly set up';
    if (!isChallenge && enrolled.length > 0 && steps.length === 0) return 'mfar: challenge an existing factor first';
    steps.push(`${isChallenge ? 'challenged' : 'enrols'} ${usable.join(' or ')}`);
  }
  return steps.join(', then ');
}

module.exports = { anApi, outcome };
