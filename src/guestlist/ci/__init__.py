"""
What CI jobs call: comments of previews, issues of drift, job summaries, stand-ins for whoever has no credentials, the way into the state's backend.

    body.py       a comment's text as a job found it: what it is about, what must not be in it
    comments.py   which comment to write, which labels to set: plain data in, plain data out
    told.py       what a drift check left: what people have to hear of, or that it could not tell
    issues.py     which issue to open, edit or close; tracking.py does it
    notify.py     the same to a webhook
    github.py, gitlab.py    where comments and issues are kept; calls.py is their HTTP
    received.py   what the jobs handed over for it
    artifact.py   what another job left, read as if it wished us harm
    stand_in.py   an environment's settings made fit for the local tenant, without any of its secrets
    identity.py   the job's identity token, where the state's backend takes one

Not here: what a comment or an issue says (`guestlist.preview`, `guestlist.drift`), the commands (`cli/ci.py`, `cli/ci_drift.py`), the workflows (`.github/workflows`, `ci/gitlab`).
"""
