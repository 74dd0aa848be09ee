"""Small websites of the demo's businesses, on an origin that is not the product's."""
