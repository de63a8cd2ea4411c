"""What effects share: probits, doses, tables of thresholds, air indoors."""
