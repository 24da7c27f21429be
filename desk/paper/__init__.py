"""On paper: the letter, the woonplan, the morning list as a sheet, appointments for an agenda."""
