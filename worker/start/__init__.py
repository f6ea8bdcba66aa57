"""What happens before the first call: processes forked, slow first uses gone through."""
