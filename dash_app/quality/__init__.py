"""What the Quality pages say of sources, rules, batches and refused rows."""
