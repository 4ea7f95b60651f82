"""
What two environments' programs declare differently, and which setting makes each difference.

    settings.py      in which settings two files differ, and which of them every environment has of its own
    differences.py   what differs between two pictures of what is declared
    causes.py        which settings explain each difference, by trying
    local_hosts.py   a local environment's addresses, so that they can be tried elsewhere
    report.py        all of it, as text and as JSON
    compare.py       the edge: reads the files, runs the program

Plain data in, plain data out, but for the last. Not here: running the program (`guestlist.resolved`), the command (`cli/env_diff.py`).
"""
