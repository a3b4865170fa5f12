"""What only the assignments need: individual data, and what tests assert."""
