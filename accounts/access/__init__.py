"""The access kernel: one rule, three answers (may, which, who); default is no."""
