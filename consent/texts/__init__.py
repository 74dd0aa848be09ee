"""Every text that people agree to, sign or publish, in versions with approval."""
