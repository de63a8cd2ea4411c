"""What source terms share: holes, tanks, flashing, pools."""
