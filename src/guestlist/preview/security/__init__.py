"""
Whether a change makes the tenant less safe: rules over what is declared before and after.

    from guestlist.preview.security.judge import judge
    findings = judge(pictures, steps=steps, allowances=settings.allow, today=date.today())

A rule is a pure function of two pictures; each file holds those of one family, each rule a few lines. It speaks of what a change makes worse: the
same on both sides is no finding, a new resource is judged as it begins. What drift changed is judged by the same rules.

Not here: how findings are shown (`guestlist.preview.markdown` and its neighbours), the page of all rules (`reference.py`).
"""
