/**
 * `api.redirect`: session tokens to and from the page that a user is sent to (HS256).
 *
 * The texts of the errors are those that people quote; what Auth0 makes of `iss` beyond its presence, and whether it
 * allows for clocks that differ, is not documented: here neither is looked at.
 *
 * Source: https://auth0.com/docs/customize/actions/redirect-with-actions
 * Source: https://community.auth0.com/t/118530, https://community.auth0.com/t/133463
 */
'use strict';

const { createHmac, timingSafeEqual } = require('node:crypto');
const { now } = require('./clock.js');

const DEFAULT_LIFETIME_SEC = 900;
const DEFAULT_PARAMETER = 'session_token';
const STANDARD_CLAIMS = ['sub', 'iss', 'iat', 'exp'];

/**
 * @param {object} call
 * @param {Function} command
 * @param {() => object} self - the whole `api`, which setters answer
 */
function redirectOf({ event, can_redirect: canRedirect }, command, self) {
  // Copied: what an Action writes into its `event` does not reach the checks.
  const { hostname, ip } = event.request;
  const userId = event.user.user_id;
  const state = event.request.query?.state; // by which the login was found; a form field of that name is nobody's
  const given = { ...event.request.query, ...event.request.body };
  return {
    canRedirect: () => canRedirect,
    encodeToken: ({ secret, payload = {}, expiresInSeconds = DEFAULT_LIFETIME_SEC }) => {
      const iat = seconds();
      const claims = { iss: hostname, sub: userId, iat, exp: iat + expiresInSeconds, ip, ...payload };
      const signed = `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url(claims)}`;
      return `${signed}.${signature(signed, secret).toString('base64url')}`;
    },
    sendUserTo: (target, { query = {} } = {}) => {
      const url = new URL(target);
      for (const [name, value] of Object.entries(query)) url.searchParams.append(name, value);
      command('redirect.sendUserTo', url.href);
      return self();
    },
    validateToken: ({ secret, tokenParameterName = DEFAULT_PARAMETER }) => {
      if (!Object.hasOwn(given, tokenParameterName)) {
        const where = 'available in either the POST body or query string.';
        throw new Error(`There is no parameter called '${tokenParameterName}' ${where}`);
      }
      return claimsOf(String(given[tokenParameterName]), secret, userId, state);
    },
  };
}

function claimsOf(token, secret, userId, state) {
  const parts = token.split('.');
  refuseUnless(parts.length === 3, 'Failed signature validation');
  const [header, claims] = parts.slice(0, 2).map(decoded);
  // As text: a decoder takes several spellings of the same bytes.
  const expected = Buffer.from(signature(`${parts[0]}.${parts[1]}`, secret).toString('base64url'));
  const received = Buffer.from(parts[2]);
  const isSigned = received.length === expected.length && timingSafeEqual(received, expected);
  refuseUnless(header.alg === 'HS256' && isSigned, 'Failed signature validation');
  refuseUnless(String(header.typ).toUpperCase() === 'JWT', 'Unexpected token payload type');
  refuseUnless(
    typeof claims.state === 'string' && claims.state === state,
    'State in the token does not match the /continue state.',
  );
  for (const name of STANDARD_CLAIMS) refuseUnless(Object.hasOwn(claims, name), 'Missing or invalid standard claims');
  refuseUnless(claims.sub === userId, 'The sub claim does not match the user_id.');
  refuseUnless(Number.isFinite(claims.exp) && claims.exp > seconds(), 'Token has expired.');
  return claims;
}

function decoded(part) {
  let value;
  try {
    value = JSON.parse(Buffer.from(part, 'base64url').toString());
  } catch {
    value = undefined;
  }
  refuseUnless(typeof value === 'object' && value !== null && !Array.isArray(value), 'Failed signature validation');
  return value;
}

function refuseUnless(condition, why) {
  if (!condition) throw new Error(`The session token is invalid: ${why}`);
}

function base64url(value) {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function signature(text, secret) {
  if (typeof secret !== 'string' || secret === '') throw new Error('A secret is required.');
  return createHmac('sha256', secret).update(text).digest();
}

function seconds() {
  return Math.floor(now() / 1000);
}

module.exports = { redirectOf };
