"""Facebook Connect: nothing of it begins before the consent, on the server too.

The steps: ``views`` takes the consent and sends the browser to Facebook; ``provider`` fetches the
profile; ``adapter`` decides where the person goes on: into their account, or to the mail
confirmation that every sign-up ends in.
"""
