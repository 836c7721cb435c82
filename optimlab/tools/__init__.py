"""Commands for those who keep the lessons: refresh, lint."""
