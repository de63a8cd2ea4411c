"""What explosions share: charges and blast curves."""
