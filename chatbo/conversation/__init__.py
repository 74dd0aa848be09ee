"""The running chatbot: webhooks in, rules, replies."""
