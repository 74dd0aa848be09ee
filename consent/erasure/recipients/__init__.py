"""A business's own systems, which are told by signed notice who was erased (Art. 19 GDPR)."""
