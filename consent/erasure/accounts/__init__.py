"""The end of a user's own account (Art. 17 GDPR): asked for, carried out, certified.

``asking`` takes the wish in and closes the account at once; ``carrying_out`` ends it step by step;
``rows`` finds and ends what is stored on the person, as the models declare it; ``repeating`` does
it again after a restore.
"""
