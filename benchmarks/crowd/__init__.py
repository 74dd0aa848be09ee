"""The data that speed is measured on: 1,000 businesses with a million subscribers between them."""
