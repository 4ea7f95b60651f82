/**
 * A plain `event` as Auth0 gives it to a post-login Action. The default is an interactive login of an invited
 * person who has just typed a password, has no phone enrolled and no name. Each test changes one thing: `anEvent({
 * user: { … } })` merges one level deep.
 *
 * Source: https://auth0.com/docs/customize/actions/reference/post-login/post-login-event-object
 */
'use strict';

const NOW = '2026-11-23T10:00:00.000Z';
const A_MINUTE_AGO = '2026-11-23T09:59:00.000Z';

const TO_PAGE_SECRET = 'to-page-0123456789abcdefghijklmnopqrstuvwxyz';
const FROM_PAGE_SECRET = 'from-page-0123456789abcdefghijklmnopqrstuvwx';
const PREVIOUS_FROM_PAGE_SECRET = 'older-from-page-0123456789abcdefghijklmnop';
const STATE = 'hKFo2SBzdGF0ZS1vZi10aGlzLWxvZ2lu';

const PWD = { name: 'pwd', timestamp: A_MINUTE_AGO };
const PHONE_PROOF = { name: 'mfa', type: 'phone', timestamp: NOW };

function anEvent(changes = {}) {
  const event = {
    secrets: {
      CLIENT_IDS: 'theApplication,anotherOfOurs',
      CONNECTION_NAME: 'invited-users',
      PROFILE_PAGE_URL: 'https://profile.example.com/profile',
      TO_PAGE_SECRET,
      FROM_PAGE_SECRET,
    },
    client: { client_id: 'theApplication', name: 'The application', metadata: {} },
    connection: { id: 'con_1', name: 'invited-users', strategy: 'auth0' },
    request: {
      hostname: 'login.example.com',
      ip: '203.0.113.7',
      method: 'GET',
      query: { client_id: 'theApplication', response_type: 'code' },
      body: {},
      geoip: {},
    },
    stats: { logins_count: 1 },
    tenant: { id: 'example' },
    transaction: {
      id: 'tx_1',
      protocol: 'oidc-basic-profile',
      locale: 'en',
      requested_scopes: ['openid', 'profile'],
      metadata: {},
    },
    authentication: { methods: [PWD] },
    user: {
      user_id: 'auth0|ana',
      email: 'ana@example.com',
      email_verified: false,
      name: 'ana@example.com',
      created_at: A_MINUTE_AGO,
      updated_at: A_MINUTE_AGO,
      app_metadata: { invite: { id: 'inv_1', by: 'Grace' } },
      user_metadata: {},
      identities: [],
      enrolledFactors: [],
    },
  };
  for (const [part, change] of Object.entries(changes)) {
    event[part] = change === undefined ? undefined : { ...event[part], ...change };
  }
  return event;
}

/** The same login when the browser comes back to /continue: a new `request`, the same user and transaction. */
function aReturn(sessionToken, changes = {}) {
  const request = {
    hostname: 'login.example.com',
    ip: '203.0.113.7',
    method: 'POST',
    query: { state: STATE },
    body: sessionToken === undefined ? {} : { session_token: sessionToken },
  };
  return anEvent({ ...changes, request });
}

/** Logins in which nobody can be asked anything, or to which our applications have no right, by the name the docs use. */
const SILENT = { transaction: { prompt: ['none'] } };
const REFRESH = { transaction: { protocol: 'oauth2-refresh-token' } };
const UNSUPPORTED_PROTOCOLS = [
  'oauth2-device-code',
  'oauth2-resource-owner',
  'oauth2-resource-owner-jwt-bearer',
  'oauth2-password',
  'oauth2-webauthn',
  'oauth2-access-token',
  'oauth2-token-exchange',
  'oidc-ciba',
  'oidc-ciba-web-link',
  'wstrust-usernamemixed',
  'a-protocol-of-the-future',
];

module.exports = {
  A_MINUTE_AGO,
  FROM_PAGE_SECRET,
  NOW,
  PHONE_PROOF,
  PREVIOUS_FROM_PAGE_SECRET,
  PWD,
  REFRESH,
  SILENT,
  STATE,
  TO_PAGE_SECRET,
  UNSUPPORTED_PROTOCOLS,
  aReturn,
  anEvent,
};
