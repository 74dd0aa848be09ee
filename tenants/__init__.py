"""Who is who: businesses, their people, bots and partners."""
