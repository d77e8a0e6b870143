"""What happened and to whom: reads leads, profiles and events from whatever people have."""
