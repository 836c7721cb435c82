"""Commands for those who keep the lessons: refresh them, lint them, begin a new one."""
