"""The register of processing: purposes, grounds, recipients, retention."""
