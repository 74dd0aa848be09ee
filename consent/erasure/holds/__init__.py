"""Records that a legal claim needs: held, visibly, with ground and date, when the person goes."""
