/**
 * A recording `fetch` that answers as the tenant's `/oauth/token` and `PATCH /api/v2/users/{id}` do: each call takes
 * the next status of its list, and the last one stays. It gives a new token at each request, and knows the tokens
 * that it gave.
 *
 * Source: https://auth0.com/docs/api/authentication/client-credential-flow/get-token
 * Source: https://auth0.com/docs/api/management/v2/users/patch-users-by-id
 */
'use strict';

const TENANT_DOMAIN = 'example.eu.auth0.example';
const WRITER_CLIENT_ID = 'Wr1terCl1entId000000000000000000';
const WRITER_CLIENT_SECRET = 'writer-secret-0123456789abcdefghijklmnop';

const ROOT_STORE = {
  PROFILE_STORE: 'root',
  TENANT_DOMAIN,
  PROFILE_WRITER_CLIENT_ID: WRITER_CLIENT_ID,
  PROFILE_WRITER_CLIENT_SECRET: WRITER_CLIENT_SECRET,
};

const DETAIL = 'internal detail of the answer';

/** A status may also be an Error, which stands for a network that fails. */
function aManagementApi({ token = [200], patch = [200], expires_in = 86_400 } = {}) {
  const lists = { token: [...token], patch: [...patch] };
  const calls = [];
  let tokens = 0;
  const next = (list) => (list.length > 1 ? list.shift() : list[0]);

  async function fetch(url, { method, headers, body, ...options }) {
    options.signal?.throwIfAborted();
    const what = new URL(url).pathname === '/oauth/token' ? 'token' : 'patch';
    calls.push({ what, url, method, headers, body: JSON.parse(body), ...options });
    const status = next(lists[what]);
    if (status instanceof Error) throw status;
    if (status !== 200) return Response.json({ message: DETAIL, error_description: DETAIL }, { status });
    if (what === 'patch') return Response.json({ user_id: 'auth0|ana', nickname: DETAIL });
    tokens += 1;
    return Response.json({ access_token: `the.access.token-${tokens}`, expires_in, token_type: 'Bearer' });
  }
  return { calls, fetch, sequence: () => calls.map(({ what }) => what).join(' ') };
}

module.exports = { DETAIL, ROOT_STORE, TENANT_DOMAIN, WRITER_CLIENT_ID, WRITER_CLIENT_SECRET, aManagementApi };
