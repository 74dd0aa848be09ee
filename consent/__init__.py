"""What people agreed to, and what they demanded."""
