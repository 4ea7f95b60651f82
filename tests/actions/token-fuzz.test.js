/** Mutated return tokens, from a fixed seed: none may be taken, whatever is bent. */
'use strict';

const assert = require('node:assert/strict');
const { beforeEach, test } = require('node:test');

const { PREVIOUS_FROM_PAGE_SECRET, aReturn } = require('./support/event.js');
const { COMPLETE_PROFILE, fixTheClock, runContinue } = require('./support/run.js');
const { aReturnToken, returnClaims, sign } = require('./support/tokens.js');

const SEED = 20261123;
const ROUNDS = Number(process.env.GUESTLIST_FUZZ_ROUNDS ?? 3000);
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \u0000é';

beforeEach(() => fixTheClock());

/** @returns {(below: number) => number} whole numbers from 0, the same ones in every run (mulberry32) */
function randomFrom(seed) {
  return (below) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const MUTATIONS = [
  (token, at, char) => token.slice(0, at) + char + token.slice(at + 1), // replace
  (token, at, char) => token.slice(0, at) + char + token.slice(at), // insert
  (token, at) => token.slice(0, at) + token.slice(at + 1), // remove
  (token, at) => token.slice(0, at), // cut
  (token, at) => token.slice(at) + token.slice(0, at), // rotate
  (token, at) =>
    `${token.slice(0, at)}${token
      .slice(at, at + 4)
      .split('')
      .reverse()
      .join('')}${token.slice(at + 4)}`,
  (token) => `${token}=`, // padding that lenient decoders ignore
  (token) => token.split('.').reverse().join('.'),
  (token, at) => bendClaims(token, at),
  (token, at) => bendHeader(token, at),
];

const CLAIMS = [
  { given_name: 'Eve' },
  { sub: 'auth0|eve' },
  { exp: 9e9 },
  { state: 'another' },
  { aud: 'guestlist:profile-page' },
  { admin: true },
];
const HEADERS = [
  { alg: 'none' },
  { alg: 'HS384' },
  { alg: 'RS256' },
  { kid: 'x' },
  { jku: 'https://evil.example/keys' },
  { crit: ['b64'], b64: false },
  { typ: 'none' },
];
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (part) => JSON.parse(Buffer.from(part, 'base64url').toString());

function bendClaims(token, at) {
  const [header, claims, signature] = token.split('.');
  return [header, encode({ ...decode(claims), ...CLAIMS[at % CLAIMS.length] }), signature].join('.');
}

function bendHeader(token, at) {
  const [header, claims, signature] = token.split('.');
  return [encode({ ...decode(header), ...HEADERS[at % HEADERS.length] }), claims, at % 2 ? signature : ''].join('.');
}

test('no mutated token is taken', async () => {
  const random = randomFrom(SEED);
  const token = aReturnToken();
  let tried = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const mutate = MUTATIONS[round % MUTATIONS.length];
    const mutant = mutate(token, random(token.length), ALPHABET[random(ALPHABET.length)]);
    if (mutant === token) continue;
    tried += 1;
    const event = aReturn(mutant, { secrets: { PREVIOUS_FROM_PAGE_SECRET } });
    const { outcome, userMetadata } = await runContinue(COMPLETE_PROFILE, event);

    assert.equal(outcome, 'denied', `seed ${SEED}, round ${round}: ${mutant}`);
    assert.deepEqual(userMetadata, {});
  }
  assert.ok(tried > ROUNDS * 0.9, `only ${tried} of ${ROUNDS} mutants differed from the token`);
});

test('no token with one well signed but wrong claim is taken', async () => {
  const odd = [undefined, null, '', 0, -1, 1e308, NaN, true, [], {}, 'x', '\u0000', [returnClaims().aud], 2 ** 53];
  for (const claim of ['aud', 'purpose', 'sub', 'iat', 'exp', 'state', 'given_name']) {
    for (const value of odd.filter((candidate) => !(claim === 'given_name' && candidate === 'x'))) {
      const { outcome } = await runContinue(COMPLETE_PROFILE, aReturn(aReturnToken({ [claim]: value })));

      assert.equal(outcome, 'denied', `${claim}: ${JSON.stringify(value)}`);
    }
  }
});

test('no token signed with a near miss of a key is taken', async () => {
  const random = randomFrom(SEED);
  const { FROM_PAGE_SECRET } = aReturn().secrets;
  for (let round = 0; round < 200; round += 1) {
    const at = random(FROM_PAGE_SECRET.length);
    const nearMiss = `${FROM_PAGE_SECRET.slice(0, at)}#${FROM_PAGE_SECRET.slice(at + 1)}`;

    assert.equal((await runContinue(COMPLETE_PROFILE, aReturn(sign(returnClaims(), nearMiss)))).outcome, 'denied');
  }
});
