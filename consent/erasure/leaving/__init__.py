"""The end of a business at ChatBo (Art. 28(3)(g) GDPR): asked for, taken back, carried out.

``asking`` takes the wish in; ``exporting`` makes the file that the business takes along;
``carrying_out`` ends it step by step once its grace is over; ``kept`` ends, on their dates, the
rows that law has had us keep.
"""
