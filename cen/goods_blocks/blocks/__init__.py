"""One file a block: copy one, change its fields, and it is in form, rules, release and pages."""
