"""What people do to who is who."""
