"""The front desk and its servers, tried on real processes."""
