"""What is known beforehand: requirements, rulings, dialects, profiles, presets, and what checks and faults declare."""
