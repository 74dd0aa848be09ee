"""Affiliate partners, their referrals and commissions."""
