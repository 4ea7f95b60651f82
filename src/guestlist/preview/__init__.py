"""
What a change of the program would do to a tenant, as data, and how that is shown.

    engine's events ──▶ picture.py   what is declared, before and after
                        change.py    what would change: resources, properties, lines
                        consequences.py  what a delete or a replacement means in Auth0
                        security/    rules over the two pictures
                        budget.py    what applying costs in calls and seconds
                              │
                              ▼
                        report.py    all of it, of one environment
                              │
               text.py  markdown.py  document.py (JSON)  sarif.py  junit.py

Everything here is plain data in, plain data out. Not here: running the engine (`run.py` is the edge), the command (`cli/preview.py`).
"""
