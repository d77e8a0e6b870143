"""Pages to keep and to show around: one HTML file each, charts included, that asks no host for anything."""
