"""The demo's data, made through the product's own use cases, so it is as valid as real data."""
