"""
Whether strangers get in without an invite: every door of an environment tried from outside, and looked at where rights allow.

    door.py         what a door is, and what trying it may find
    sight.py        what the Management API shows, each thing read once
    stranger.py     calls that anybody could make
    scene.py        an environment as the doors see it
    sign_up.py  connections.py  grants.py  applications.py  enumeration.py  login.py     the doors, by family
    probe.py        all of them, one after the other
    report.py       what is printed
    opening.py      from a project's environment to its scene

Not here: the command (`guestlist.cli.doctor`).
"""
