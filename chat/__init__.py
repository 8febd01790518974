"""The words we speak: Request in, Reply out. Knows no platform, no store and no clock."""
