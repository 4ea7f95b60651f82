"""
What a tenant's log tells of its administration: which objects were written, by whom, and whether anything was written at all.

    entries.py      one entry, read out of whatever the log holds
    operations.py   which objects a write touches
    reading.py      the writes since a moment, and whether these are all of them
    checkpoint.py   what the last check knew, in a file beside the state
    decide.py       what the next check has to read
    who.py          who wrote an object

A log lags and promises no completeness: nothing recorded is not nothing happened. Plain data in, plain data out, but for reading and the file.

Not here: reading the objects (`guestlist.drift`).
Source: https://auth0.com/docs/deploy-monitor/logs (read 2026-11-23)
"""
