'use strict';

const assert = require('node:assert/strict');
const { beforeEach, test } = require('node:test');

const {
  FROM_PAGE_SECRET,
  NOW,
  PREVIOUS_FROM_PAGE_SECRET,
  STATE,
  TO_PAGE_SECRET,
  aReturn,
  anEvent,
} = require('./support/event.js');
const { COMPLETE_PROFILE, fixTheClock, run, runContinue } = require('./support/run.js');
const { aReturnToken, claimsOf, returnClaims, sign } = require('./support/tokens.js');

const NOW_SEC = Date.parse(NOW) / 1000;
const USER = anEvent().user;
const ROTATING = { secrets: { PREVIOUS_FROM_PAGE_SECRET } };

const comeBackWith = (token, changes) => runContinue(COMPLETE_PROFILE, aReturn(token, changes));

async function assertRefused(token, reason, changes) {
  const { outcome, denied, userMetadata, appMetadata, idToken, logs } = await comeBackWith(token, changes);

  assert.equal(outcome, 'denied');
  assert.deepEqual([userMetadata, appMetadata, idToken], [{}, {}, {}], 'a refused return writes nothing');
  assert.deepEqual(logs, [`guestlist denied a login: ${reason}`]);
  assert.doesNotMatch(denied[0], /token|claim|signature|secret|parameter/i, "Auth0's error text is not for the user");
}

beforeEach(() => fixTheClock());

test('names that come back are stored, marked, and given to the application', async () => {
  const { outcome, userMetadata, appMetadata, idToken } = await comeBackWith(aReturnToken());

  assert.equal(outcome, 'goes on');
  assert.deepEqual(userMetadata, { given_name: 'Ana', family_name: 'Lima' });
  assert.deepEqual(appMetadata, {
    profile_completed_at: NOW,
    invite: { id: 'inv_1', by: 'Grace', accepted_at: NOW },
  });
  assert.deepEqual(idToken, { given_name: 'Ana', family_name: 'Lima', name: 'Ana Lima' });
});

test('the token may come back in the query as well', async () => {
  const event = aReturn(undefined);
  event.request.query.session_token = aReturnToken();

  assert.equal((await runContinue(COMPLETE_PROFILE, event)).outcome, 'goes on');
});

test('a last name is optional, and an old one is removed', async (t) => {
  for (const family_name of [undefined, null, '']) {
    await t.test(`family_name: ${JSON.stringify(family_name)}`, async () => {
      const { userMetadata, idToken } = await comeBackWith(aReturnToken({ given_name: 'Isa', family_name }));

      assert.deepEqual(userMetadata, { given_name: 'Isa', family_name: null });
      assert.deepEqual(idToken, { given_name: 'Isa', name: 'Isa' });
    });
  }
});

test('names are stored as they were checked: composed and without spaces around them', async () => {
  const { userMetadata } = await comeBackWith(aReturnToken({ given_name: '  Jose\u0301 ', family_name: '\u3000李 ' }));

  assert.deepEqual(userMetadata, { given_name: 'José', family_name: '李' });
});

test('a hostile name is refused whole, though the page has signed it', async (t) => {
  const hostile = {
    'first name': { given_name: '<script>' },
    'last name': { family_name: 'https://evil.example' },
    'no first name': { given_name: undefined },
    'no text': { given_name: { toString: 'Ana' } },
    'a line break in the last name': { family_name: 'Lima\nBcc: all@example.com' },
  };
  for (const [name, claims] of Object.entries(hostile)) {
    await t.test(name, () => assertRefused(aReturnToken(claims), 'names_refused'));
  }
});

test('the names count at the top of the token only', async () => {
  await assertRefused(aReturnToken({ given_name: undefined, other: { given_name: 'Ana' } }), 'names_refused');
});

test('a token signed with the previous key is accepted while that key is set', async () => {
  const token = aReturnToken({}, PREVIOUS_FROM_PAGE_SECRET);
  const { outcome, keysTried } = await comeBackWith(token, ROTATING);

  assert.equal(outcome, 'goes on');
  assert.deepEqual(keysTried, [FROM_PAGE_SECRET, PREVIOUS_FROM_PAGE_SECRET]);
  await assertRefused(token, 'return_token_refused');
});

test('a token signed with the current key does not need the previous one', async () => {
  assert.deepEqual((await comeBackWith(aReturnToken(), ROTATING)).keysTried, [FROM_PAGE_SECRET]);
});

test('a previous key that is empty or short is no key', async (t) => {
  for (const weak of ['', 'short', 'x'.repeat(31)]) {
    await t.test(JSON.stringify(weak), () =>
      assertRefused(aReturnToken({}, weak || 'y'), 'return_token_refused', {
        secrets: { PREVIOUS_FROM_PAGE_SECRET: weak },
      }),
    );
  }
});

test('a token signed with an unknown key is refused', async () => {
  await assertRefused(aReturnToken({}, 'z'.repeat(44)), 'return_token_refused', ROTATING);
});

test('a token signed with the key of the other direction is refused', async () => {
  await assertRefused(aReturnToken({}, TO_PAGE_SECRET), 'return_token_refused', ROTATING);
});

test('our own outgoing token, sent straight back, is refused', async () => {
  const { redirect } = await run(COMPLETE_PROFILE, anEvent());
  const outgoing = redirect.searchParams.get('session_token');

  await assertRefused(outgoing, 'return_token_refused');
  const signedForUs = sign({ ...claimsOf(outgoing), state: STATE, given_name: 'Ana' }, FROM_PAGE_SECRET);
  await assertRefused(signedForUs, 'return_token_claims');
});

test('a token that Auth0 refuses is refused', async (t) => {
  const refused = {
    'no token': undefined,
    'an empty token': '',
    'not a token': 'a.b.c',
    'another login (state)': aReturnToken({ state: 'another' }),
    'no state': aReturnToken({ state: undefined }),
    'another user': aReturnToken({ sub: 'auth0|eve' }),
    'no issuer': aReturnToken({ iss: undefined }),
    expired: aReturnToken({ iat: NOW_SEC - 200, exp: NOW_SEC - 1 }),
    'alg none': `${sign(returnClaims(), '', { alg: 'none', typ: 'JWT' }).split('.').slice(0, 2).join('.')}.`,
    'alg HS512': sign(returnClaims(), FROM_PAGE_SECRET, { alg: 'HS512', typ: 'JWT' }, 'sha512'),
    'a header that names its own key': sign(returnClaims(), 'attacker', {
      alg: 'HS256',
      typ: 'JWT',
      kid: '../../dev/null',
    }),
  };
  for (const [name, token] of Object.entries(refused)) {
    await t.test(name, () => assertRefused(token, 'return_token_refused'));
  }
});

test('a well signed token that is not for this Action and login is refused', async (t) => {
  const refused = {
    'no aud': { aud: undefined },
    'aud of the page': { aud: 'guestlist:profile-page' },
    'aud as a list': { aud: ['guestlist:complete-profile'] },
    'no purpose': { purpose: undefined },
    'another purpose': { purpose: 'ask-for-names' },
    'iat missing its number': { iat: String(NOW_SEC) },
    'exp missing its number': { exp: String(NOW_SEC + 60) },
    'a life of more than five minutes': { exp: NOW_SEC + 301 },
    'a life without end': { exp: 1e308 },
    'made tomorrow': { iat: NOW_SEC + 86_400, exp: NOW_SEC + 86_460 },
    'ends before it begins': { iat: NOW_SEC + 30, exp: NOW_SEC + 20 },
  };
  for (const [name, claims] of Object.entries(refused)) {
    await t.test(name, () => assertRefused(aReturnToken(claims), 'return_token_claims'));
  }
});

test('the Action checks the user and the expiry itself, should Auth0 not', async (t) => {
  const withoutAuth0sChecks = async (claims) => {
    const event = aReturn(aReturnToken());
    const { anApi } = require('./support/post_login_api.js');
    const api = anApi(event);
    api.redirect.validateToken = () => returnClaims(claims);
    return (await runContinue(COMPLETE_PROFILE, event, { api })).outcome;
  };
  await t.test('another user', async () => assert.equal(await withoutAuth0sChecks({ sub: 'auth0|eve' }), 'denied'));
  await t.test('expired', async () =>
    assert.equal(await withoutAuth0sChecks({ iat: NOW_SEC - 200, exp: NOW_SEC - 100 }), 'denied'),
  );
  await t.test('both in order', async () => assert.equal(await withoutAuth0sChecks({}), 'goes on'));
});

test('half a minute between the clocks of page and tenant is no obstacle', async () => {
  for (const skew of [-30, 30]) {
    const token = aReturnToken({ iat: NOW_SEC + skew, exp: NOW_SEC + skew + 120 });

    assert.equal((await comeBackWith(token)).outcome, 'goes on');
  }
});

test('a profile completed meanwhile in another tab is not written again', async () => {
  const user = { ...USER, user_metadata: { given_name: 'Ana' }, app_metadata: { profile_completed_at: NOW } };
  const { outcome, userMetadata, idToken } = await comeBackWith(aReturnToken({ given_name: 'Eve' }), { user });

  assert.equal(outcome, 'goes on');
  assert.deepEqual(userMetadata, {});
  assert.deepEqual(idToken, { given_name: 'Ana', name: 'Ana' });
});
