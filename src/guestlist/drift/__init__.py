"""
What differs between a tenant, the state and the program, and who made it so.

    guestlist drift --env prod

Four classes, kept apart: *drift* (the tenant differs from what was deployed last), *pending* (the program does), *both*, and *unmanaged* (an object that
nobody declares). Everything here reads; nothing writes to the tenant or to the state.

Not here: the security rules and the line diffs (`guestlist.preview`), the tenant's log (`guestlist.tenant_log`).
"""
