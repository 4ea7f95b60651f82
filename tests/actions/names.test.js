'use strict';

const assert = require('node:assert/strict');
const { beforeEach, test } = require('node:test');

const { aReturn } = require('./support/event.js');
const { COMPLETE_PROFILE, fixTheClock, runContinue } = require('./support/run.js');
const { aReturnToken } = require('./support/tokens.js');
const cases = require('./names.json');

const textOf = ({ name, times = 1 }) => (typeof name === 'string' ? name.repeat(times) : name);
const storedFor = async (claims) => {
  const { outcome, userMetadata } = await runContinue(COMPLETE_PROFILE, aReturn(aReturnToken(claims)));
  return outcome === 'goes on' ? userMetadata : outcome;
};

beforeEach(() => fixTheClock());

test('names of every kind are stored as first and as last name', async (t) => {
  for (const valid of cases.valid) {
    await t.test(`${valid.why}: ${JSON.stringify(valid.name)}`, async () => {
      const name = textOf(valid);
      const expected = valid.becomes === undefined ? name : textOf({ ...valid, name: valid.becomes });

      assert.deepEqual(await storedFor({ given_name: name, family_name: name }), {
        given_name: expected,
        family_name: expected,
      });
    });
  }
});

test('what is no name is refused as first and as last name', async (t) => {
  for (const invalid of cases.invalid) {
    await t.test(`${invalid.why}: ${JSON.stringify(invalid.name)}`, async () => {
      assert.equal(await storedFor({ given_name: textOf(invalid) }), 'denied');
      if (invalid.name === '' || invalid.name === null) return; // a last name may be left out
      assert.equal(await storedFor({ family_name: textOf(invalid) }), 'denied');
    });
  }
});

test('a stored name passes its own check, so that nobody is asked again', async () => {
  for (const valid of cases.valid) {
    const once = await storedFor({ given_name: textOf(valid) });

    assert.deepEqual(await storedFor(once), { ...once, family_name: 'Lima' });
  }
});
