"""
What CI jobs call: comments of previews, job summaries, stand-ins for whoever has no credentials, the way into the state's backend.

    body.py       a comment's text as a job found it: what it is about, what must not be in it
    comments.py   which comment to write, which labels to set: plain data in, plain data out
    github.py, gitlab.py    where they are kept; calls.py is their HTTP
    received.py   what the jobs handed over for it
    artifact.py   what another job left, read as if it wished us harm
    stand_in.py   an environment's settings made fit for the local tenant, without any of its secrets
    identity.py   the job's identity token, where the state's backend takes one

Not here: what a comment says (`guestlist.preview`), the commands (`cli/ci.py`), the workflows (`.github/workflows`, `ci/gitlab`).
"""
