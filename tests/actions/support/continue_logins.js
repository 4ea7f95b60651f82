/**
 * What the deployed Action stores when browsers come back to /continue: a line of JSON in for each
 * (`user_id`, `state`, `session_token`, `secret`, `now` in seconds), one out (`outcome`, `userMetadata`).
 *
 * `validateToken` checks here what Auth0 documents and no more: signature, `exp`, `state`. Whether it compares `sub`
 * is not documented, so the Action has to.
 */
'use strict';

const { readFileSync } = require('node:fs');

const { anEvent } = require('./event.js');
const { anApi } = require('./post_login_api.js');
const { COMPLETE_PROFILE, fixTheClock, runContinue } = require('./run.js');
const { claimsOf, signature } = require('./tokens.js');

function validateToken({ request }, secret) {
  const token = request.body.session_token;
  const [header, claims, signed] = token.split('.');
  if (signature(`${header}.${claims}`, secret) !== signed) throw new Error('signature');
  if (claimsOf(token).exp <= Date.now() / 1000) throw new Error('exp');
  if (claimsOf(token).state !== request.query.state) throw new Error('state');
  return claimsOf(token);
}

async function main() {
  for (const line of readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
    const { user_id, state, session_token, secret, now } = JSON.parse(line);
    fixTheClock(new Date(now * 1000).toISOString());
    const event = anEvent({
      request: { method: 'POST', query: { state }, body: { session_token } },
      secrets: { FROM_PAGE_SECRET: secret },
      user: { user_id },
    });
    const api = anApi(event);
    api.redirect.validateToken = ({ secret: key }) => validateToken(event, key);
    const { outcome, userMetadata } = await runContinue(COMPLETE_PROFILE, event, { api });
    process.stdout.write(`${JSON.stringify({ outcome, userMetadata })}\n`);
  }
}

main();
