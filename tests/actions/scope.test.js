/** What both Actions promise: whom they leave alone, how they fail, and that they keep nothing between users. */
'use strict';

const assert = require('node:assert/strict');
const { readFileSync } = require('node:fs');
const { beforeEach, test } = require('node:test');

const { REFRESH, SILENT, aReturn, anEvent } = require('./support/event.js');
const { anApi } = require('./support/post_login_api.js');
const { COMPLETE_PROFILE, REQUIRE_MFA, fixTheClock, run, runContinue } = require('./support/run.js');
const { aReturnToken } = require('./support/tokens.js');

const HANDLERS = [
  ['require-mfa', (event, options) => run(REQUIRE_MFA, event, options), anEvent],
  ['complete-profile', (event, options) => run(COMPLETE_PROFILE, event, options), anEvent],
  [
    'complete-profile on the way back',
    (event, options) => runContinue(COMPLETE_PROFILE, event, options),
    backWithANewName,
  ],
];

function backWithANewName(changes) {
  return aReturn(aReturnToken(), changes);
}

function assertUntouched({ outcome, logs, ...recorded }) {
  assert.deepEqual(recorded, anApi(anEvent()).recorded);
  assert.equal(outcome, 'goes on');
  assert.deepEqual(logs, []);
}

beforeEach(() => fixTheClock());

for (const [what, handle, event] of HANDLERS) {
  const foreign = {
    'another application': { client: { client_id: 'theApplicatio' } },
    'an application without an id': { client: { client_id: undefined } },
    'an application with an empty id': { client: { client_id: '' } },
    'no application': { client: undefined },
    'another database': { connection: { name: 'employees' } },
    'a social connection': { connection: { name: 'google-oauth2', strategy: 'google-oauth2' } },
    'a social connection of the same name': { connection: { strategy: 'oauth2' } },
    'no connection': { connection: undefined },
    'an Action without CLIENT_IDS': { secrets: { CLIENT_IDS: undefined } },
    'an Action with empty CLIENT_IDS': { secrets: { CLIENT_IDS: '' } },
  };
  for (const [name, changes] of Object.entries(foreign)) {
    for (const [kind, more] of Object.entries({ interactive: {}, silent: SILENT, refresh: REFRESH })) {
      test(`${what} leaves alone: ${name}, ${kind}`, async () => {
        assertUntouched(await handle(event({ ...changes, ...more })));
      });
    }
  }

  test(`${what} serves each of our applications`, async () => {
    const secrets = { CLIENT_IDS: ' anotherOfOurs , theApplication ' };
    for (const client_id of ['theApplication', 'anotherOfOurs']) {
      const { outcome, mfa, redirect, userMetadata } = await handle(event({ client: { client_id }, secrets }));

      assert.notEqual(outcome, 'denied');
      assert.ok(mfa.length > 0 || redirect !== null || userMetadata.given_name, 'it has done something');
    }
  });

  test(`${what} denies our users alone when CONNECTION_NAME is missing`, async () => {
    const secrets = { CONNECTION_NAME: undefined };

    const { outcome, logs } = await handle(event({ secrets }));
    assert.equal(outcome, 'denied');
    assert.deepEqual(logs, ['guestlist denied a login: not_configured']);
    assertUntouched(await handle(event({ secrets, client: { client_id: 'foreign' } })));
  });

  test(`${what} denies, and does not throw, when Auth0's api fails`, async () => {
    const broken = event();
    const api = anApi(broken);
    const fail = () => {
      throw new Error('internal detail');
    };
    api.authentication.enrollWith = api.redirect.sendUserTo = api.user.setUserMetadata = fail;

    const { outcome, denied, logs } = await handle(broken, { api });
    assert.equal(outcome, 'denied');
    assert.doesNotMatch(denied.join() + logs.join(), /internal detail/);
  });

  test(`${what} denies, and does not throw, when the event lacks its user`, async () => {
    assert.equal((await handle(event({ user: undefined }))).outcome, 'denied');
  });
}

for (const [handler, handle, event] of HANDLERS.slice(1)) {
  const missing = {
    'no TO_PAGE_SECRET': { TO_PAGE_SECRET: undefined },
    'a short TO_PAGE_SECRET': { TO_PAGE_SECRET: 'x'.repeat(31) },
    'no FROM_PAGE_SECRET': { FROM_PAGE_SECRET: undefined },
    'an empty FROM_PAGE_SECRET': { FROM_PAGE_SECRET: '' },
    'one secret for both directions': { TO_PAGE_SECRET: 'x'.repeat(44), FROM_PAGE_SECRET: 'x'.repeat(44) },
    'no PROFILE_PAGE_URL': { PROFILE_PAGE_URL: undefined },
    'a PROFILE_PAGE_URL without TLS': { PROFILE_PAGE_URL: 'http://profile.example.com' },
  };
  for (const [name, secrets] of Object.entries(missing)) {
    test(`${handler} denies when it has ${name}`, async () => {
      const { outcome, logs } = await handle(event({ secrets }));

      assert.equal(outcome, 'denied');
      assert.deepEqual(logs, ['guestlist denied a login: not_configured']);
    });
  }

  test(`${handler} lets a user in who needs no page, though its keys are missing`, async () => {
    const secrets = { TO_PAGE_SECRET: undefined, FROM_PAGE_SECRET: undefined, PROFILE_PAGE_URL: undefined };
    const user = { ...anEvent().user, given_name: 'Ana' };

    assert.equal((await handle(event({ secrets, user }))).outcome, 'goes on');
  });
}

test('one user leaves nothing behind for the next', async () => {
  const eve = { ...anEvent().user, user_id: 'auth0|eve', enrolledFactors: [{ type: 'phone' }] };
  const first = [await run(REQUIRE_MFA, anEvent()), await run(COMPLETE_PROFILE, anEvent())];

  await run(REQUIRE_MFA, anEvent({ user: eve }));
  await run(COMPLETE_PROFILE, anEvent({ user: { ...eve, given_name: 'Eve' } }));
  await runContinue(COMPLETE_PROFILE, aReturn(aReturnToken({ sub: 'auth0|eve', given_name: 'Eve' }), { user: eve }));

  assert.deepEqual([await run(REQUIRE_MFA, anEvent()), await run(COMPLETE_PROFILE, anEvent())], first);
});

test('two users at the same time get their own names', async () => {
  const come = (sub, given_name) =>
    runContinue(
      COMPLETE_PROFILE,
      aReturn(aReturnToken({ sub, given_name }), { user: { ...anEvent().user, user_id: sub } }),
    );
  const results = await Promise.all([come('auth0|1', 'Uno'), come('auth0|2', 'Due'), come('auth0|3', 'Tre')]);

  assert.deepEqual(
    results.map(({ userMetadata }) => userMetadata.given_name),
    ['Uno', 'Due', 'Tre'],
  );
});

test('MFA commands and the redirect never meet in one Action', async () => {
  const both = [await run(REQUIRE_MFA, anEvent()), await run(COMPLETE_PROFILE, anEvent())];

  assert.deepEqual(
    both.map(({ mfa, redirect }) => [mfa.length > 0, redirect !== null]),
    [
      [true, false],
      [false, true],
    ],
  );
});

test('the Actions agree word for word on what is ours', () => {
  const [mfa, profile] = [REQUIRE_MFA, COMPLETE_PROFILE].map((file) => readFileSync(file, 'utf8'));
  const sharedPart = (source) => source.slice(source.search(/^\/\/ ---- From here on word for word/m));

  assert.match(sharedPart(mfa), /function isOurs[^]+function kindOfLogin[^]+function deny/);
  assert.equal(sharedPart(mfa), sharedPart(profile));
});

test('the sentences for the user are safe in an error_description', () => {
  for (const file of [REQUIRE_MFA, COMPLETE_PROFILE]) {
    const [, block] = /const SENTENCES = Object\.freeze\(\{\n([^]+?)\n\}\);/.exec(readFileSync(file, 'utf8'));
    const sentences = [...block.matchAll(/^ {2}\w+: '(.+)',$/gm)].map(([, sentence]) => sentence);

    assert.ok(sentences.length >= 4);
    for (const sentence of sentences)
      assert.match(sentence, /^[\x20\x21\x23-\x5B\x5D-\x7E]+\.$/, 'RFC 6749, section 4.1.2.1');
  }
});
