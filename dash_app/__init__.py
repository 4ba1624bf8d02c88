"""What people see: the Ward and Patient pages, and the Quality pages."""
