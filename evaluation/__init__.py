"""How well the detector, the answers and the facts do, as part of the product: `trendbot eval`."""
