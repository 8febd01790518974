"""What is unusual: pure arithmetic over counts. No clock, no database, no names."""
