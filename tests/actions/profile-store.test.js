/** PROFILE_STORE of complete-profile: names in user_metadata, or in the root attributes by the Management API. */
'use strict';

const assert = require('node:assert/strict');
const { afterEach, beforeEach, mock, test } = require('node:test');

const { NOW, REFRESH, SILENT, aReturn, anEvent } = require('./support/event.js');
const {
  DETAIL,
  ROOT_STORE,
  TENANT_DOMAIN,
  WRITER_CLIENT_ID,
  WRITER_CLIENT_SECRET,
  aManagementApi,
} = require('./support/management_api.js');
const { anApi } = require('./support/post_login_api.js');
const { COMPLETE_PROFILE, fixTheClock, run, runContinue } = require('./support/run.js');
const { aReturnToken } = require('./support/tokens.js');

const NAMES = { given_name: 'Ana', family_name: 'Lima' };
const FIRST_TOKEN = 'the.access.token-1';
const SECOND_TOKEN = 'the.access.token-2';

let pauses;

/** Ana comes back from the page to an Action that stores names in the root attributes. */
function comeBack(management, { claims, cache, secrets, user = {} } = {}) {
  const event = aReturn(aReturnToken(claims), { secrets: { ...ROOT_STORE, ...secrets }, user });
  return runContinue(COMPLETE_PROFILE, event, { api: anApi(event, { cache }), fetch: management.fetch });
}

async function assertNotSaved(management, options) {
  const { outcome, denied, logs, userMetadata, appMetadata, idToken } = await comeBack(management, options);

  assert.equal(outcome, 'denied');
  assert.deepEqual([userMetadata, appMetadata, idToken], [{}, {}, {}], 'nothing is marked as done');
  assert.deepEqual(logs, ['guestlist denied a login: names_not_saved']);
  assert.match(denied.join(), /^We could not save your name/);
}

beforeEach(() => {
  fixTheClock();
  pauses = [];
  mock.method(globalThis, 'setTimeout', (done, ms) => {
    pauses.push(ms);
    queueMicrotask(done);
  });
});
afterEach(() => globalThis.setTimeout.mock.restore());

test('in the root store the names are written to the root attributes, and only there', async () => {
  const management = aManagementApi();
  const { outcome, userMetadata, appMetadata, idToken, logs } = await comeBack(management);

  assert.equal(outcome, 'goes on');
  assert.deepEqual(userMetadata, {});
  assert.deepEqual(appMetadata, {
    profile_completed_at: NOW,
    invite: { id: 'inv_1', by: 'Grace', accepted_at: NOW },
  });
  assert.deepEqual(idToken, { ...NAMES, name: 'Ana Lima' }, 'this very login has them too');
  assert.deepEqual(logs, []);
});

test('a token is asked for with the client and audience of the canonical domain, then the user is patched', async () => {
  const management = aManagementApi();
  await comeBack(management);
  const [token, patch] = management.calls;

  assert.equal(management.sequence(), 'token patch');
  assert.deepEqual(
    [token.method, token.url, token.body],
    [
      'POST',
      `https://${TENANT_DOMAIN}/oauth/token`,
      {
        grant_type: 'client_credentials',
        client_id: WRITER_CLIENT_ID,
        client_secret: WRITER_CLIENT_SECRET,
        audience: `https://${TENANT_DOMAIN}/api/v2/`,
      },
    ],
  );
  assert.equal(token.headers.authorization, undefined);
  assert.deepEqual(
    [patch.method, patch.url, patch.body],
    ['PATCH', `https://${TENANT_DOMAIN}/api/v2/users/auth0%7Cana`, { ...NAMES, name: 'Ana Lima' }],
  );
  assert.equal(patch.headers.authorization, `Bearer ${FIRST_TOKEN}`);
  assert.doesNotMatch(JSON.stringify([patch.url, patch.headers, patch.body]), new RegExp(WRITER_CLIENT_SECRET));
});

test('every request speaks JSON, follows no redirect and ends well inside the 20 seconds of an Action', async () => {
  const timeout = mock.method(AbortSignal, 'timeout');
  const management = aManagementApi({ token: [503, 200], patch: [429, 200] });
  await comeBack(management);
  timeout.mock.restore();

  assert.equal(timeout.mock.callCount(), 1, 'one limit for all requests together');
  assert.ok(timeout.mock.calls[0].arguments[0] <= 10_000);
  assert.equal(management.calls.length, 4);
  for (const call of management.calls) {
    assert.equal(call.headers['content-type'], 'application/json');
    assert.equal(call.redirect, 'error', 'the secret goes to the tenant only');
    assert.equal(call.signal, timeout.mock.calls[0].result);
  }
});

test('a user id cannot leave its place in the path', async (t) => {
  const ids = { 'auth0|a/../b': 'auth0%7Ca%2F..%2Fb', 'auth0|a?b#c': 'auth0%7Ca%3Fb%23c', 'auth0|é': 'auth0%7C%C3%A9' };
  for (const [user_id, encoded] of Object.entries(ids)) {
    await t.test(user_id, async () => {
      const management = aManagementApi();
      await comeBack(management, { claims: { sub: user_id }, user: { user_id } });

      assert.equal(management.calls[1].url, `https://${TENANT_DOMAIN}/api/v2/users/${encoded}`);
    });
  }
});

test('a person with one name gets no last name, and an old one is removed', async () => {
  const management = aManagementApi();
  const { idToken } = await comeBack(management, { claims: { given_name: 'Isa', family_name: '' } });

  assert.deepEqual(management.calls[1].body, { given_name: 'Isa', family_name: null, name: 'Isa' });
  assert.deepEqual(idToken, { given_name: 'Isa', name: 'Isa' });
});

test('the token is kept for the next person, for its own life less a minute', async () => {
  const cache = new Map();
  const management = aManagementApi({ expires_in: 3600 });
  await comeBack(management, { cache });
  await comeBack(management, { cache });
  assert.equal(management.sequence(), 'token patch patch');

  fixTheClock(new Date(Date.parse(NOW) + 3539_000).toISOString());
  await comeBack(management, { cache, claims: { iat: Date.now() / 1000, exp: Date.now() / 1000 + 60 } });
  assert.equal(management.sequence(), 'token patch patch patch');

  fixTheClock(new Date(Date.parse(NOW) + 3540_000).toISOString());
  await comeBack(management, { cache, claims: { iat: Date.now() / 1000, exp: Date.now() / 1000 + 60 } });
  assert.equal(management.sequence(), 'token patch patch patch token patch');
});

test('the cache is used within its limits, whatever life the token has', async (t) => {
  const cases = { 'a day and more': [172_800, 1], 'less than a minute': [59, 2], 'no word of it': [undefined, 2] };
  for (const [name, [expires_in, tokens]] of Object.entries(cases)) {
    await t.test(name, async () => {
      const cache = new Map();
      const management = aManagementApi({ expires_in: expires_in === undefined ? null : expires_in });
      assert.equal((await comeBack(management, { cache })).outcome, 'goes on');
      assert.equal((await comeBack(management, { cache })).outcome, 'goes on');

      assert.equal(management.calls.filter(({ what }) => what === 'token').length, tokens);
    });
  }
});

test('another client does not go on with the token of the former', async () => {
  const cache = new Map();
  const management = aManagementApi();
  await comeBack(management, { cache });
  await comeBack(management, { cache, secrets: { PROFILE_WRITER_CLIENT_ID: 'another' } });

  assert.equal(management.sequence(), 'token patch token patch');
});

test('what Auth0 answers decides how often it is asked', async (t) => {
  const broken = new TypeError(`fetch failed: ${DETAIL}`);
  const cases = {
    // answers, a cached token, calls, saved, pauses
    'a cached token': [{}, true, 'patch', true, 0],
    'a cached token that was revoked': [{ patch: [401, 200] }, true, 'patch token patch', true, 0],
    'a cached token older than its grant': [{ patch: [403, 200] }, true, 'patch token patch', true, 0],
    'a new token is refused as well': [{ patch: [401] }, true, 'patch token patch', false, 0],
    'a fresh token that is refused': [{ patch: [401] }, false, 'token patch', false, 0],
    'a fresh token without the scope': [{ patch: [403] }, false, 'token patch', false, 0],
    'a busy tenant': [{ patch: [429, 200] }, true, 'patch patch', true, 1],
    'a stumbling tenant': [{ patch: [500, 200] }, true, 'patch patch', true, 1],
    'a tenant that stays busy': [{ patch: [429] }, true, 'patch patch', false, 1],
    'a tenant that stays down': [{ patch: [503] }, true, 'patch patch', false, 1],
    'no token at first': [{ token: [503, 200] }, false, 'token token patch', true, 1],
    'no token at all': [{ token: [429] }, false, 'token token', false, 1],
    'a wrong client secret': [{ token: [401] }, false, 'token', false, 0],
    'a client without the grant': [{ token: [403] }, false, 'token', false, 0],
    'everything at once': [
      { patch: [429, 401, 502, 200], token: [500, 200] },
      true,
      'patch patch token token patch patch',
      true,
      3,
    ],
    'a body that is refused': [{ patch: [400] }, true, 'patch', false, 0],
    'a user who is gone': [{ patch: [404] }, true, 'patch', false, 0],
    'an answer that is no success': [{ patch: [304] }, true, 'patch', false, 0],
    'no network for the patch': [{ patch: [broken] }, true, 'patch', false, 0],
    'no network for the token': [{ token: [broken] }, false, 'token', false, 0],
  };
  for (const [name, [answers, isCached, calls, isSaved, pauseCount]] of Object.entries(cases)) {
    await t.test(name, async () => {
      pauses.length = 0;
      const cache = new Map();
      if (isCached) await comeBack(aManagementApi(), { cache });
      const management = aManagementApi(answers);
      if (isSaved) assert.equal((await comeBack(management, { cache })).outcome, 'goes on');
      else await assertNotSaved(management, { cache });

      assert.equal(management.sequence(), calls);
      assert.deepEqual(pauses, Array(pauseCount).fill(1000));
    });
  }
});

test('a new token takes the place of the refused one', async () => {
  const cache = new Map();
  const management = aManagementApi({ patch: [200, 401, 200] });
  for (const _ of [1, 2, 3]) await comeBack(management, { cache });
  const used = management.calls.filter(({ what }) => what === 'patch').map(({ headers }) => headers.authorization);

  assert.equal(management.sequence(), 'token patch patch token patch patch');
  assert.deepEqual(
    used,
    [FIRST_TOKEN, FIRST_TOKEN, SECOND_TOKEN, SECOND_TOKEN].map((token) => `Bearer ${token}`),
  );
});

test('a tenant that does not answer in time ends in a denial', async () => {
  const timeout = mock.method(AbortSignal, 'timeout', () => AbortSignal.abort());
  await assertNotSaved(aManagementApi());
  timeout.mock.restore();
});

test('an answer that is no token ends in a denial', async (t) => {
  const bodies = {
    'no JSON': '<html>',
    empty: '',
    null: 'null',
    'no token': '{}',
    'an empty token': '{"access_token":""}',
  };
  for (const [name, body] of Object.entries(bodies)) {
    await t.test(name, () => assertNotSaved({ fetch: async () => new Response(body, { status: 200 }) }));
  }
});

test('a token in an answer that is no success is not used', async () => {
  const urls = [];
  const fetch = async (url) => {
    urls.push(url);
    return Response.json({ access_token: 'x', expires_in: 60 }, { status: 403 });
  };
  await assertNotSaved({ fetch });
  assert.deepEqual(urls, [`https://${TENANT_DOMAIN}/oauth/token`]);
});

test('a cache that fails ends in a denial', async () => {
  const event = aReturn(aReturnToken(), { secrets: ROOT_STORE });
  const api = anApi(event);
  api.cache.get = () => {
    throw new Error(DETAIL);
  };
  const { outcome } = await runContinue(COMPLETE_PROFILE, event, { api, fetch: aManagementApi().fetch });

  assert.equal(outcome, 'denied');
});

test('no secret, token, name or answer reaches the log or the user', async () => {
  const lists = [[200], [401], [403], [429], [500], [400], [404], [new Error(DETAIL)]];
  const secret = new RegExp(
    `${WRITER_CLIENT_SECRET}|${WRITER_CLIENT_ID}|the.access.token|${DETAIL}|Ana|Lima|auth0`,
    'i',
  );
  for (const token of lists) {
    for (const patch of lists) {
      const cache = new Map();
      const management = aManagementApi({ token, patch });
      for (const _ of [1, 2]) {
        const { logs, denied } = await comeBack(management, { cache });

        assert.doesNotMatch([...logs, ...denied].join('\n'), secret);
      }
    }
  }
});

test('after names could not be saved, the next login asks again', async () => {
  await assertNotSaved(aManagementApi({ patch: [503] }));
  assert.equal((await run(COMPLETE_PROFILE, anEvent({ secrets: ROOT_STORE }))).outcome, 'redirected');
});

test('a person with a name is not asked again in the root store, and nobody calls the Management API', async (t) => {
  const complete = {
    'completed while metadata was the store': {
      user: { app_metadata: { profile_completed_at: NOW }, user_metadata: NAMES },
      idToken: { ...NAMES, name: 'Ana Lima' },
    },
    'a name in metadata alone': { user: { user_metadata: NAMES }, idToken: { ...NAMES, name: 'Ana Lima' } },
    'completed in the root store': { user: { app_metadata: { profile_completed_at: NOW }, ...NAMES }, idToken: {} },
    'the marker alone': { user: { app_metadata: { profile_completed_at: NOW } }, idToken: {} },
  };
  for (const [name, { user, idToken }] of Object.entries(complete)) {
    await t.test(name, async () => {
      for (const kind of [{}, SILENT, REFRESH]) {
        const answer = await run(COMPLETE_PROFILE, anEvent({ secrets: ROOT_STORE, user, ...kind }));
        assert.deepEqual([answer.outcome, answer.idToken], ['goes on', idToken]);
      }
      const back = aReturn(aReturnToken({ given_name: 'Eve' }), { secrets: ROOT_STORE, user });
      assert.equal((await runContinue(COMPLETE_PROFILE, back)).outcome, 'goes on');
    });
  }
});

test('a refused return and a refused name do not reach the Management API', async () => {
  for (const claims of [{ aud: 'another' }, { given_name: '<b>' }, { state: 'another' }]) {
    const event = aReturn(aReturnToken(claims), { secrets: ROOT_STORE });

    assert.equal((await runContinue(COMPLETE_PROFILE, event)).outcome, 'denied');
  }
});

test('absent, empty or "metadata": the names go to user_metadata, and nobody calls the Management API', async () => {
  for (const PROFILE_STORE of [undefined, '', 'metadata']) {
    const event = aReturn(aReturnToken(), { secrets: { ...ROOT_STORE, PROFILE_STORE } });
    const { userMetadata, idToken } = await runContinue(COMPLETE_PROFILE, event);

    assert.deepEqual([userMetadata, idToken], [NAMES, { ...NAMES, name: 'Ana Lima' }]);
  }
});

test('a store that cannot work denies who needs it, before the page and after it, and nobody else', async (t) => {
  const wrong = {
    'an unknown store': { PROFILE_STORE: 'roots' },
    'no domain': { TENANT_DOMAIN: undefined },
    'a domain with a scheme': { TENANT_DOMAIN: `https://${TENANT_DOMAIN}` },
    'a domain with a path': { TENANT_DOMAIN: `${TENANT_DOMAIN}/` },
    'a domain with a user': { TENANT_DOMAIN: `user@${TENANT_DOMAIN}` },
    'a domain with a line break': { TENANT_DOMAIN: `${TENANT_DOMAIN}\n` },
    'no client id': { PROFILE_WRITER_CLIENT_ID: undefined },
    'no client secret': { PROFILE_WRITER_CLIENT_SECRET: '' },
  };
  for (const [name, changes] of Object.entries(wrong)) {
    await t.test(name, async () => {
      const secrets = { ...ROOT_STORE, ...changes };
      const answers = [
        await run(COMPLETE_PROFILE, anEvent({ secrets })),
        await runContinue(COMPLETE_PROFILE, aReturn(aReturnToken(), { secrets })),
      ];
      for (const { outcome, logs } of answers) {
        assert.equal(outcome, 'denied');
        assert.deepEqual(logs, ['guestlist denied a login: not_configured']);
      }
      assert.equal((await run(COMPLETE_PROFILE, anEvent({ secrets, user: NAMES }))).outcome, 'goes on');
    });
  }
});

test('two people at the same time get their own names', async () => {
  const cache = new Map();
  const management = aManagementApi();
  const come = (sub, given_name) =>
    comeBack(management, { cache, claims: { sub, given_name, family_name: '' }, user: { user_id: sub } });
  const answers = await Promise.all([come('auth0|1', 'Uno'), come('auth0|2', 'Due')]);
  const written = management.calls
    .filter(({ what }) => what === 'patch')
    .map(({ url, body }) => [url.split('%7C')[1], body.name]);

  assert.deepEqual(written, [
    ['1', 'Uno'],
    ['2', 'Due'],
  ]);
  assert.deepEqual(
    answers.map(({ idToken }) => idToken.name),
    ['Uno', 'Due'],
  );
});
