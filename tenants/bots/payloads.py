"""What a tap on one of the product's own buttons carries. A business cannot make such buttons."""

START = "chatbo:start"
UNSUBSCRIBE = "chatbo:unsubscribe"
ERASE = "chatbo:erase"
KEEP = "chatbo:keep"
IMPRINT = "chatbo:imprint"
PRIVACY = "chatbo:privacy"
